import { MeasurementStore } from '../src/index.js';
import { startStoreServer, type StoreServer } from './store-server.js';

let server: StoreServer;
beforeAll(async () => {
  server = await startStoreServer();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const TICK_MS = 5_000;
const START = 1_734_103_800_000;

function reportOf(group: string, tick: number, leader: string, token: string, electedTick = tick) {
  const timestamp = START + tick * TICK_MS;
  const elected = START + electedTick * TICK_MS - 300;
  const candidates = [leader, 'next'];
  const leadership = { elected, at: timestamp + 40, leaseMs: 1_900, intervalMs: TICK_MS, candidates };
  return { group, timestamp, value: 80, leader, token, ensemble: 'e', leadership };
}

test('a term is kept when the next one begins, with what its leader said of its end', async () => {
  const store = new MeasurementStore(server.connect(), { retentionMs: 86_400_000 });
  const group = server.newGroup();
  expect(await store.terms({ group })).toEqual([]);
  expect(await store.leadership(group)).toBeNull();
  await store.record(reportOf(group, 1, 'a', '10'));
  await store.record(reportOf(group, 2, 'a', '10', 1));
  expect(await store.terms({ group })).toMatchObject([{ leader: 'a', token: '10', end: null, gapMs: null }]);
  await store.noteTermEnd({ group, token: '10', ensemble: 'e', end: 'graceful', ended: START + 12_000 });
  // The first report of a term may be of a tick that its predecessor has stored.
  await store.record(reportOf(group, 2, 'b', '11'));
  await store.record(reportOf(group, 3, 'b', '11', 2));
  await store.record(reportOf(group, 6, 'c', '12'));
  expect(await store.terms({ group })).toMatchObject([
    { leader: 'a', end: 'graceful', inferred: false, ended: START + 12_000 },
    { leader: 'b', end: 'crashed', inferred: true, ended: START + 15_040, missedTicks: 0, gapMs: 0 },
    { leader: 'c', end: null, missedTicks: 2, gapMs: 30_000 - 300 - 15_040 },
  ]);
  expect(await store.terms({ group, from: START + 16_000 })).toMatchObject([{ leader: 'c' }]);
  expect(await store.terms({ group, to: START + 9_000 })).toMatchObject([{ leader: 'a' }]);
  expect(await store.leadership(group)).toMatchObject({
    ...{ leader: 'c', token: '12', candidates: ['c', 'next'], intervalMs: TICK_MS },
    leaseUntil: START + 30_040 + 1_900,
  });
  await store.clear(group);
  expect(await store.terms({ group })).toEqual([]);
  await store.close();
});

test('terms are left out with the raw values of their time', async () => {
  const store = new MeasurementStore(server.connect(), { retentionMs: 60_000 });
  const group = server.newGroup();
  await store.record(reportOf(group, 1, 'a', '10'));
  await store.record(reportOf(group, 2, 'b', '11'));
  expect(await store.terms({ group })).toHaveLength(2);
  await store.record(reportOf(group, 20, 'b', '11', 2));
  expect(await store.terms({ group })).toMatchObject([{ leader: 'b' }]);
  await store.close();
});

test('groups are found by their values, and gone when they are cleared; figures are read by tick', async () => {
  const store = new MeasurementStore(server.connect(), { retentionMs: 0 });
  const [one, other] = [server.newGroup(), server.newGroup()];
  await store.record({ group: one, timestamp: START, value: 80, min: 79, max: 82.5, count: 3 });
  await store.record({ group: other, timestamp: START, value: 80 });
  expect(await store.groups()).toEqual(expect.arrayContaining([one, other]));
  expect(await store.figures('max', { group: one, limit: 10 })).toEqual([{ timestamp: START, value: 82.5 }]);
  expect(await store.figures('min', { group: other, limit: 10 })).toEqual([]);
  await store.clear(one);
  expect(await store.groups()).not.toContain(one);
  await store.close();
});
