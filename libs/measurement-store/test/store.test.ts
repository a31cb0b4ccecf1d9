import { jest } from '@jest/globals';
import { type TickReport } from '@atalaya/contracts';
import { send, tsInfo, tsQueryIndex } from '@atalaya/redis-timeseries';
import { type Redis } from 'ioredis';
import { MeasurementStore, type MeasurementStoreOptions } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { planBatch } from '../src/recording/batch-plan.js';
import { planReport } from '../src/recording/report-plan.js';
import { recordTicksScript } from '../src/scripts/record-ticks.js';
import { dumpGroup } from './group-dump.js';
import { startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(120_000);

let server: StoreServer;
let redis: Redis;
let group: string;

beforeAll(async () => {
  server = await startStoreServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

beforeEach(() => {
  redis = server.connect();
  group = server.newGroup();
});

function open(options: Partial<MeasurementStoreOptions> = {}): MeasurementStore {
  return new MeasurementStore(server.connect(), { retentionMs: 0, commandTimeoutMs: 60_000, ...options });
}

const TICK = 1_734_103_890_000;

function report(timestamp: number, fields: Partial<TickReport> = {}): TickReport {
  return { group, timestamp, value: timestamp % 1_000, ...fields };
}

function manySensors(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`sensor-${i}`, i]));
}

test('a group without reports is empty', async () => {
  const store = open();
  expect(await store.status(group)).toEqual({
    group,
    leader: null,
    token: null,
    since: null,
    tick: null,
    value: null,
    count: 0,
    stale: [],
    invalid: [],
  });
  expect(await store.sensors(group)).toEqual([]);
  expect(await store.measurements({ group, limit: 10 })).toEqual([]);
  expect(await store.measurements({ group, limit: 10, from: 0, bucketMs: 60_000 })).toEqual([]);
  expect(await store.sensorMeasurements('s', { group, limit: 10 })).toEqual([]);
  await store.clear(group);
});

test('status and sensors are those of the newest report, not of one that comes late', async () => {
  const store = open();
  const term = { token: '7', leader: 'candidate-1', ensemble: 'e' };
  await store.record(report(TICK, { ...term, sensors: { a: 1, b: 2, c: 3 } }));
  const newest = { value: 1.5, sensors: { a: 1.5 }, stale: ['b', 'never'], invalid: ['x"y'] };
  await store.record(report(TICK + 10_000, { ...term, ...newest }));
  await store.record(report(TICK + 5_000, { ...term, value: 9, sensors: { a: 9, b: 9, late: 9 } }));
  expect(await store.status(group)).toEqual({
    group,
    leader: 'candidate-1',
    token: '7',
    since: TICK,
    tick: TICK + 10_000,
    value: 1.5,
    count: 1,
    stale: ['b', 'never'],
    invalid: ['x"y'],
  });
  expect(await store.sensors(group)).toEqual([
    { id: 'a', value: 1.5, timestamp: TICK + 10_000, state: 'ok' },
    { id: 'b', value: 9, timestamp: TICK + 5_000, state: 'stale' },
    { id: 'c', value: 3, timestamp: TICK, state: 'gone' },
    { id: 'late', value: 9, timestamp: TICK + 5_000, state: 'gone' },
    { id: 'never', value: null, timestamp: null, state: 'stale' },
    { id: 'x"y', value: null, timestamp: null, state: 'invalid' },
  ]);
  expect(await store.measurements({ group, limit: 10 })).toEqual([
    { timestamp: TICK, value: 0 },
    { timestamp: TICK + 5_000, value: 9 },
    { timestamp: TICK + 10_000, value: 1.5 },
  ]);
  expect(await store.sensorMeasurements('a', { group, limit: 2 })).toEqual([
    { timestamp: TICK + 5_000, value: 9 },
    { timestamp: TICK + 10_000, value: 1.5 },
  ]);
});

test('a new term begins with its first tick', async () => {
  const store = open();
  await store.record(report(TICK, { token: '7', leader: 'a' }));
  await store.record(report(TICK + 5_000, { token: '7', leader: 'a' }));
  expect(await store.status(group)).toMatchObject({ leader: 'a', since: TICK });
  await store.record(report(TICK + 10_000, { token: '10', leader: 'b' }));
  expect(await store.status(group)).toMatchObject({ leader: 'b', token: '10', since: TICK + 10_000 });
  expect(await store.record(report(TICK + 15_000, { token: '9' }))).toEqual({
    outcome: 'stale-token',
    newestToken: '10',
  });
});

test('replicas that send the same ticks at the same time store each once', async () => {
  const stores = [open(), open(), open()];
  const ticks = Array.from({ length: 30 }, (_, i) => TICK + i * 5_000);
  const outcomes = await Promise.all(
    stores.flatMap((store, replica) =>
      ticks.map((tick) =>
        store.record(report(tick, { value: replica, sensors: { s: replica }, token: '5' })),
      ),
    ),
  );
  const stored = outcomes.filter(({ outcome }) => outcome === 'stored');
  expect(stored).toHaveLength(ticks.length);
  const kept = await open().measurements({ group, limit: 1_000 });
  expect(kept.map(({ timestamp }) => timestamp)).toEqual(ticks);
  for (const outcome of outcomes) {
    if (outcome.outcome === 'stale-token') throw new Error('No token was stale.');
    expect(kept).toContainEqual(outcome.measurement);
  }
  expect(await open().sensorMeasurements('s', { group, limit: 1_000 })).toEqual(kept);
});

test('a report of thousands of sensors is stored completely', async () => {
  const store = open();
  const sensors = manySensors(2_500);
  expect(await store.record(report(TICK, { sensors }))).toMatchObject({ outcome: 'stored' });
  const readings = await store.sensors(group);
  expect(Object.fromEntries(readings.map(({ id, value }) => [id, value]))).toEqual(sensors);
  expect(await store.sensorMeasurements('sensor-2499', { group, limit: 5 })).toEqual([
    { timestamp: TICK, value: 2_499 },
  ]);
  expect(await redis.hlen(groupKeys(group).pending)).toBe(0);
  await store.clear(group);
  expect(await store.sensors(group)).toEqual([]);
  expect(await send(redis, tsQueryIndex([{ label: 'group', equals: group }]))).toEqual([]);
});

test('a report whose later steps were lost is completed when it is sent again, and only then', async () => {
  const store = open({ sensorsPerStep: 2 });
  const sensors = manySensors(5);
  const whole = report(TICK, { token: '3', sensors });
  await store.record(report(TICK - 5_000, { sensors })); // The series exist.
  const { keys, args } = planBatch([planReport(whole, 2)], { maxAheadMs: 0 });
  expect(await redis.eval(recordTicksScript.lua, keys.length, ...keys, ...args)).toEqual(['stored']);
  expect(await store.sensorMeasurements('sensor-4', { group, from: TICK, limit: 1 })).toEqual([]);
  // Another report of the tick leaves the sensors of the kept one alone.
  await store.record(report(TICK, { token: '3', value: 5, sensors: manySensors(4) }));
  expect(await store.sensorMeasurements('sensor-3', { group, from: TICK, limit: 1 })).toEqual([]);
  expect(await store.record(whole)).toEqual({
    outcome: 'duplicate',
    measurement: { timestamp: TICK, value: 0 },
  });
  for (const [id, value] of Object.entries(sensors)) {
    expect(await store.sensorMeasurements(id, { group, from: TICK, limit: 1 })).toEqual([
      { timestamp: TICK, value },
    ]);
  }
  expect(await redis.hlen(groupKeys(group).pending)).toBe(0);
});

test('values under the server clock never share a millisecond', async () => {
  const stores = [open(), open()];
  const [seconds] = await redis.time();
  const stored = await Promise.all(Array.from({ length: 200 }, (_, i) => stores[i % 2]!.insertNow(group, i)));
  expect(new Set(stored.map(({ timestamp }) => timestamp)).size).toBe(200);
  const kept = await stores[0]!.measurements({ group, limit: 1_000 });
  expect(kept).toEqual([...stored].sort((a, b) => a.timestamp - b.timestamp));
  expect(kept[0]!.timestamp).toBeGreaterThanOrEqual(Number(seconds) * 1_000);
});

test('a measurement keeps its number as others follow and old ones expire; clearing begins anew', async () => {
  const store = open({ retentionMs: 50_000 });
  expect(await store.newest(group, 3)).toEqual([]);
  for (let i = 0; i < 40; i += 1) await store.record(report(TICK + i * 5_000, { value: i }));
  await store.record(report(TICK + 39 * 5_000, { value: -1 }));
  const numbers = [38, 39, 40].map((number) => ({
    number,
    timestamp: TICK + (number - 1) * 5_000,
    value: number - 1,
  }));
  expect(await store.newest(group, 3)).toEqual(numbers);
  expect(await store.newest(group, 100)).toHaveLength(11);
  await store.recordAll([report(TICK + 40 * 5_000), report(TICK + 41 * 5_000)]);
  expect((await store.newest(group, 5)).slice(0, 3)).toEqual(numbers);
  const { timestamp } = await store.insertNow(group, 7);
  expect(await store.newest(group, 1)).toEqual([{ number: 43, timestamp, value: 7 }]);
  await store.clear(group);
  await store.insertNow(group, 8);
  await store.record(report(TICK, { value: 9 })).catch(() => undefined);
  expect((await store.newest(group, 5)).map(({ number }) => number)).toEqual([1]);
});

test('clearing keeps the fence', async () => {
  const store = open();
  await store.record(report(TICK, { token: '20', leader: 'a', sensors: manySensors(450) }));
  await store.clear(group);
  expect(await store.measurements({ group, limit: 10, from: 0 })).toEqual([]);
  expect(await store.status(group)).toMatchObject({ leader: null, tick: null });
  expect(await store.record(report(TICK, { token: '19' }))).toEqual({
    outcome: 'stale-token',
    newestToken: '20',
  });
  expect(await store.record(report(TICK, { token: '20' }))).toMatchObject({ outcome: 'stored' });
  expect(await store.sensors(group)).toEqual([]);
});

test('reports go on while the group is cleared again and again', async () => {
  const [writer, cleaner] = [open({ sensorsPerStep: 3 }), open()];
  const sensors = manySensors(7);
  const stop = new AbortController();
  const clearing = (async () => {
    while (!stop.signal.aborted) await cleaner.clear(group);
  })();
  const outcomes = [];
  for (let i = 0; i < 40; i += 1) outcomes.push(await writer.record(report(TICK + i * 5_000, { sensors })));
  stop.abort();
  await clearing;
  expect(outcomes.every(({ outcome }) => outcome === 'stored')).toBe(true);
  await cleaner.clear(group);
  const { fence, ...rest } = await dumpGroup(redis, group, Object.keys(sensors));
  expect(fence).toEqual({});
  expect(rest).toMatchObject({ status: {}, sensors: {}, pending: {} });
  expect(Object.values(rest.series).every((samples) => samples === null)).toBe(true);
});

test('what is older than the retention is refused and leaves no trace', async () => {
  const store = open({ retentionMs: 60_000 });
  await store.record(report(TICK, { token: '5', sensors: { s: 1 } }));
  const before = await dumpGroup(redis, group, ['s']);
  const old = report(TICK - 60_001, { token: '6', sensors: { s: 2 } });
  await expect(store.record(old)).rejects.toMatchObject({
    name: 'StoreRejectedError',
    code: 'STORE_REJECTED',
  });
  expect(await store.recordAll([old, report(TICK + 5_000)])).toMatchObject([
    { outcome: 'failed', error: { code: 'STORE_REJECTED' } },
    { outcome: 'stored' },
  ]);
  expect(await store.record(report(TICK - 50_000, { sensors: { s: 3 } }))).toMatchObject({
    outcome: 'stored',
  });
  expect(before.series).not.toEqual((await dumpGroup(redis, group, ['s'])).series);
  expect(await redis.hget(groupKeys(group).fence, '*')).toBe('5');
});

test.each([NaN, Infinity])('the value %d is refused', async (value) => {
  const store = open();
  await expect(store.record(report(TICK, { value }))).rejects.toMatchObject({ code: 'STORE_REJECTED' });
  await expect(store.record(report(TICK, { sensors: { s: value } }))).rejects.toMatchObject({
    code: 'STORE_REJECTED',
  });
  await expect(store.insertNow(group, value)).rejects.toMatchObject({ code: 'STORE_REJECTED' });
});

test('another setting of the retention applies to the series that exist', async () => {
  const keys = groupKeys(group);
  await open({ retentionMs: 86_400_000 }).record(report(TICK, { sensors: { s: 1 } }));
  await open({ retentionMs: 172_800_000 }).record(report(TICK + 5_000, { sensors: { s: 1 } }));
  for (const key of [keys.mean, keys.count, keys.sensor('s')]) {
    expect(await send(redis, tsInfo(key))).toMatchObject({ retentionMs: 172_800_000 });
  }
  expect(await send(redis, tsInfo(keys.compaction('1m', 'avg')))).toMatchObject({
    retentionMs: 90 * 86_400_000,
  });
});

test('series have labels and compactions, and a filter by kind finds the raw ones alone', async () => {
  const keys = groupKeys(group);
  await open({ retentionMs: 1_000_000 }).record(report(TICK, { sensors: { 'a(b)': 1, IGNORE: 2 } }));
  const mine = { label: 'group', equals: group };
  const find = async (kind: string): Promise<string[]> =>
    (await send(redis, tsQueryIndex([mine, { label: 'kind', equals: kind }]))).sort();
  expect(await find('mean')).toEqual([keys.mean]);
  expect(await find('sensor')).toEqual([keys.sensor('IGNORE'), keys.sensor('a(b)')]);
  expect(await find('mean:1h:max')).toEqual([keys.compaction('1h', 'max')]);
  const info = await send(redis, tsInfo(keys.sensor('a(b)')));
  expect(info).toMatchObject({
    duplicatePolicy: 'first',
    labels: { group, kind: 'sensor', sensor: 'a%28b%29' },
  });
  const rules = info.rules.map(({ bucketMs, aggregator }) => `${bucketMs} ${aggregator}`);
  expect(rules.sort()).toEqual([
    ...['3600000 AVG', '3600000 MAX', '3600000 MIN'],
    ...['60000 AVG', '60000 MAX', '60000 MIN'],
  ]);
  expect((await send(redis, tsInfo(keys.mean))).rules).toHaveLength(10);
});

test('a batch keeps the order of its reports and answers each', async () => {
  const store = open();
  const other = server.newGroup();
  const outcomes = await store.recordAll([
    report(TICK, { token: '1' }),
    { group: other, timestamp: TICK, value: 1 },
    report(TICK + 5_000, { token: '1', sensors: { fresh: 1 } }),
    report(TICK + 10_000, { token: '2' }),
    report(TICK + 15_000, { token: '1' }),
    report(TICK, { value: 4 }),
    { group: 'no group', timestamp: 1, value: 1 },
  ]);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    'stored',
    'stored',
    'stored',
    'stored',
    'stale-token',
    'duplicate',
    'failed',
  ]);
  expect(await store.recordAll([])).toEqual([]);
});

test('something else under the name of a series is an error, not a wrong answer', async () => {
  await redis.set(groupKeys(group).mean, 'text');
  const store = open();
  await expect(store.record(report(TICK))).rejects.toMatchObject({ code: 'WRONG_KEY_TYPE' });
  await expect(store.measurements({ group, limit: 1 })).rejects.toMatchObject({ code: 'WRONG_KEY_TYPE' });
});
