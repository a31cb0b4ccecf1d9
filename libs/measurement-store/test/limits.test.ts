import { jest } from '@jest/globals';
import { type LimitReachedError, MeasurementStore, type MeasurementStoreOptions } from '../src/index.js';
import { startEmbedded, type StoreServer } from './store-server.js';

jest.setTimeout(120_000);

let server: StoreServer;

beforeEach(async () => {
  // A server of its own: groups of other tests would count.
  server = await startEmbedded();
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

function storeWith(limits: Pick<MeasurementStoreOptions, 'maxGroups' | 'maxSensorsPerGroup'>) {
  return new MeasurementStore(server.connect(), { retentionMs: 0, maxAheadMs: 86_400_000, ...limits });
}

const TICK = 1_000_000;

function sensorsNamed(...ids: string[]): Record<string, number> {
  return Object.fromEntries(ids.map((id) => [id, 1]));
}

test('a report of one group more is refused, and those that are there go on', async () => {
  const store = storeWith({ maxGroups: 2 });
  for (const group of ['a', 'b']) await store.record({ group, timestamp: TICK, value: 1 });
  const refused: unknown = await store
    .record({ group: 'c', timestamp: TICK, value: 1 })
    .catch((e: unknown) => e);
  expect(refused).toMatchObject({
    code: 'LIMIT_REACHED',
    of: 'groups',
    limit: 2,
  } satisfies Partial<LimitReachedError>);
  expect((refused as Error).message).toContain('MAX_GROUPS');
  expect(await store.groups()).toEqual(['a', 'b']);
  await expect(store.insertNow('d', 1)).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  expect(await store.record({ group: 'a', timestamp: TICK + 1, value: 1 })).toMatchObject({
    outcome: 'stored',
  });
});

test('groups that another replica made count, and one that was cleared makes room', async () => {
  const others = storeWith({});
  for (const group of ['a', 'b']) await others.record({ group, timestamp: TICK, value: 1 });
  await expect(
    storeWith({ maxGroups: 2 }).record({ group: 'c', timestamp: TICK, value: 1 }),
  ).rejects.toMatchObject({ code: 'LIMIT_REACHED' });
  await others.clear('a');
  const stored = storeWith({ maxGroups: 2 }).record({ group: 'c', timestamp: TICK, value: 1 });
  expect(await stored).toMatchObject({ outcome: 'stored' });
});

test('a report with more new sensors than there is room for is refused as a whole', async () => {
  const store = storeWith({ maxSensorsPerGroup: 3 });
  await store.record({ group: 'a', timestamp: TICK, value: 1, sensors: sensorsNamed('1', '2') });
  await expect(
    store.record({ group: 'a', timestamp: TICK + 1, value: 1, sensors: sensorsNamed('1', '3', '4') }),
  ).rejects.toMatchObject({ code: 'LIMIT_REACHED', of: 'sensors', limit: 3 });
  expect(await store.measurements({ group: 'a', limit: 10 })).toHaveLength(1);
  expect(
    await store.record({ group: 'a', timestamp: TICK + 2, value: 1, sensors: sensorsNamed('1', '3') }),
  ).toMatchObject({ outcome: 'stored' });
  expect((await store.sensors('a')).map(({ id }) => id)).toEqual(['1', '2', '3']);
});

test('reports that are stored together with a refused one are stored', async () => {
  const store = storeWith({ maxSensorsPerGroup: 2 });
  const report = (timestamp: number, ...ids: string[]) => ({
    group: 'a',
    timestamp,
    value: 1,
    sensors: sensorsNamed(...ids),
  });
  const outcomes = await store.recordAll([
    report(TICK, '1', '2'),
    report(TICK + 1, '3'),
    report(TICK + 2, '1'),
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stored', 'failed', 'stored']);
  const together = await Promise.allSettled([
    store.record(report(TICK + 3, '1')),
    store.record(report(TICK + 4, '5')),
    store.record(report(TICK + 5, '2')),
  ]);
  expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await store.measurements({ group: 'a', limit: 10 })).toHaveLength(4);
});
