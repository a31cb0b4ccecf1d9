import { jest } from '@jest/globals';
import { type TickReport } from '@atalaya/contracts';
import { tsAdd, send } from '@atalaya/redis-timeseries';
import { type Redis } from 'ioredis';
import { measurementScripts, MeasurementStore, TimestampAheadError } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { dumpGroup } from './group-dump.js';
import { runByLua } from './lua-script.js';
import { startEmbedded, startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION_MS = 30 * DAY_MS;
const TICK_MS = 5_000;

let server: StoreServer;
let redis: Redis;
let group: string;
/** A tick that is over. */
let now: number;

beforeAll(async () => {
  server = await startStoreServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  redis = server.connect();
  group = server.newGroup();
  now = Math.floor(Date.now() / TICK_MS) * TICK_MS;
});

function open(maxAheadMs?: number): MeasurementStore {
  return new MeasurementStore(server.connect(), {
    retentionMs: RETENTION_MS,
    commandTimeoutMs: 60_000,
    maxAheadMs,
  });
}

function report(timestamp: number, fields: Partial<TickReport> = {}): TickReport {
  return { group, timestamp, value: 1, leader: 'a', token: '5', sensors: { s: 2 }, ...fields };
}

/** Ticks up to now, oldest first. */
function ticks(count: number): number[] {
  return Array.from({ length: count }, (_, index) => now - (count - 1 - index) * TICK_MS);
}

test('a timestamp in microseconds, or 40 days ahead, is refused, and the history stays', async () => {
  const store = open();
  for (const timestamp of ticks(10)) await store.record(report(timestamp));
  for (const timestamp of [now * 1_000, now + 40 * DAY_MS]) {
    const refusal = await store.record(report(timestamp, { token: '9' })).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(TimestampAheadError);
    expect(refusal).toMatchObject({ code: 'TIMESTAMP_AHEAD', timestamp, maxAheadMs: 300_000 });
  }
  expect(await store.measurements({ group, limit: 100 })).toHaveLength(10);
  // Nothing of the refused report counts, its token neither.
  expect(await store.record(report(now + TICK_MS))).toMatchObject({ outcome: 'stored' });
});

test('of a batch only the reports that are ahead are refused', async () => {
  const outcomes = await open().recordAll([report(now), report(now + DAY_MS), report(now + TICK_MS)]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['stored', 'failed', 'stored']);
});

test('a tick that is an hour ahead holds up neither the status nor the sensors', async () => {
  const store = open(2 * HOUR_MS);
  await store.record(report(now + HOUR_MS, { value: 666, sensors: { s: 666, wrong: 666 }, leader: 'wrong' }));
  await store.record(report(now, { value: 7, sensors: { s: 8 }, leader: 'right' }));
  expect(await store.status(group)).toMatchObject({ tick: now, value: 7, leader: 'right', since: now });
  expect(await store.sensors(group)).toMatchObject([
    { id: 's', value: 8, timestamp: now, state: 'ok' },
    { id: 'wrong', state: 'gone' },
  ]);
  // What is older than the status, and further from the clock than the wrong tick, changes it no more.
  await store.record(report(now + TICK_MS, { value: 9 }));
  await store.record(report(now - 2 * HOUR_MS, { value: 10 }));
  expect(await store.status(group)).toMatchObject({ tick: now + TICK_MS, value: 9 });
});

/** A group as it was left by a store that did not look at timestamps: all right ticks are refused. */
async function hurtGroup(store: MeasurementStore): Promise<number[]> {
  const history = ticks(30);
  for (const [index, timestamp] of history.entries()) {
    await store.record(report(timestamp, { value: index, count: 3, sensors: { s: index } }));
  }
  const unbounded = open(1e15);
  for (const ahead of [40 * DAY_MS, 41 * DAY_MS]) {
    await unbounded.record(
      report(now + ahead, { value: 666, count: 1, sensors: { s: 666, wrong: 666 }, leader: 'wrong' }),
    );
  }
  await expect(store.record(report(now + TICK_MS))).rejects.toMatchObject({ code: 'STORE_REJECTED' });
  return history;
}

test('a group that was hurt is repaired: what is ahead goes, what it hid is there again, and writes go on', async () => {
  const store = open();
  const history = await hurtGroup(store);
  expect(await store.repair(group, { after: now })).toEqual({ measurements: 2, tokens: 0 });
  expect(await store.measurements({ group, limit: 100 })).toEqual(
    history.map((timestamp, value) => ({ timestamp, value })),
  );
  expect(await store.status(group)).toMatchObject({ tick: now, value: 29, count: 3 });
  expect(await store.sensors(group)).toEqual([{ id: 's', value: 29, timestamp: now, state: 'ok' }]);
  expect(await store.sensorMeasurements('s', { group, limit: 100 })).toHaveLength(30);
  const dump = await dumpGroup(redis, group, ['s', 'wrong']);
  const stored = Object.values(dump.series).flatMap((samples) => samples ?? []);
  expect(stored.filter(([timestamp]) => timestamp > now)).toEqual([]);

  // The minute that was open when the wrong tick came is complete once it is over.
  const minute = Math.floor(now / 60_000) * 60_000;
  for (let at = now + TICK_MS; at <= minute + 60_000; at += TICK_MS)
    await open(HOUR_MS).record(report(at, { value: 5 }));
  const [bucket] = await store.measurements({
    ...{ group, from: minute, to: minute + 59_999, limit: 10 },
    ...{ bucketMs: 60_000, aggregate: 'count' },
  });
  const inMinute = history.filter((at) => at >= minute).length + (minute + 60_000 - now) / TICK_MS - 1;
  expect(bucket).toEqual({ timestamp: minute, value: inMinute });
  // Repeated, it finds nothing.
  expect(await store.repair(group, { after: now + HOUR_MS })).toEqual({ measurements: 0, tokens: 0 });
});

test('a group that holds nothing but what is ahead is empty after its repair', async () => {
  await open(1e16).record(report(now * 1_000));
  const store = open();
  expect(await store.repair(group, { after: now })).toEqual({ measurements: 1, tokens: 0 });
  expect(await store.status(group)).toMatchObject({ tick: null, value: null, leader: null, since: null });
  expect(await store.sensors(group)).toEqual([]);
  expect(await store.record(report(now))).toMatchObject({ outcome: 'stored' });
});

test('a poisoned fence is repaired: tokens newer than the one that leads are forgotten, others are kept', async () => {
  const store = open();
  await store.record(report(now - 3 * TICK_MS, { token: '3', ensemble: 'other' }));
  await store.record(report(now - 2 * TICK_MS, { token: '70', ensemble: 'mine' }));
  await store.record(report(now - TICK_MS, { token: '99999999999999999999' }));
  await store.record(report(now, { token: '99999999999999999999', ensemble: 'mine' }));
  const right = report(now + TICK_MS, { token: '71', ensemble: 'mine' });
  expect(await store.record(right)).toMatchObject({ outcome: 'stale-token' });
  expect(await store.repair(group, { newestToken: '70' })).toEqual({ measurements: 0, tokens: 2 });
  expect(await redis.hgetall(groupKeys(group).fence)).toEqual({ other: '3', '*': '3' });
  expect(await store.record(right)).toMatchObject({ outcome: 'stored' });
  expect(await store.measurements({ group, limit: 10 })).toHaveLength(5);
});

test.each([{}, { after: -1 }, { after: 1.5 }, { newestToken: '' }, { newestToken: '1e5' }])(
  'a repair of %j is refused',
  async (repair) => {
    await expect(open().repair(group, repair)).rejects.toMatchObject({ code: 'INVALID_QUERY' });
  },
);

test('the Lua text of a repair does what its JavaScript form does', async () => {
  await using lua = await startEmbedded({ scripts: measurementScripts.map(runByLua) });
  await using twins = await startEmbedded();
  const dumps = [];
  for (const each of [lua, twins]) {
    const connection = each.connect();
    const options = { retentionMs: RETENTION_MS, commandTimeoutMs: 60_000 };
    const store = new MeasurementStore(connection, { ...options, maxAheadMs: 1e15 });
    for (const timestamp of ticks(30)) await store.record(report(timestamp, { count: 2, ensemble: 'e' }));
    const wrong = { sensors: { s: 3, wrong: 4 }, token: '99999999999999999999' };
    await store.record(report(now + 40 * DAY_MS, wrong));
    await store.repair(group, { after: now, newestToken: '5' });
    dumps.push(await dumpGroup(connection, group, ['s', 'wrong']));
    // A group of which only a series is left.
    await send(connection, tsAdd(groupKeys('bare').mean, 5, 1));
    await store.repair('bare', { after: 4, newestToken: '5' });
    dumps.push(await dumpGroup(connection, 'bare', []));
  }
  expect(dumps[0]).toEqual(dumps[2]);
  expect(dumps[1]).toEqual(dumps[3]);
  expect(dumps[0]?.status).toMatchObject({ tick: String(now), count: '2', since: String(now) });
});
