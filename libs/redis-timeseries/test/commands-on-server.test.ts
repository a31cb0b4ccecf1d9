import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  addAll,
  send,
  sendAll,
  TimeSeriesError,
  tsAdd,
  tsAlter,
  tsCreate,
  tsCreateRule,
  tsDecrBy,
  tsDel,
  tsDeleteRule,
  tsGet,
  tsIncrBy,
  tsInfo,
  tsMAdd,
  tsMGet,
  tsMRange,
  tsMRevRange,
  tsQueryIndex,
  tsRange,
  tsRevRange,
} from '../src/index.js';
import {
  newKeyspace,
  REPLY_MODES,
  startTimeSeriesServer,
  type TimeSeriesServer,
} from './timeseries-server.js';

jest.setTimeout(60_000);

let server: TimeSeriesServer;

beforeAll(async () => {
  server = await startTimeSeriesServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe.each(REPLY_MODES)('$name', ({ options }) => {
  let redis: Redis;
  let key: ReturnType<typeof newKeyspace>;
  let group: string;

  beforeEach(() => {
    // The mapping changes the types of ioredis's own commands, which are not used here.
    redis = new Redis(server.url, options);
    redis.on('error', () => {});
    key = newKeyspace();
    group = key('').slice(1, -2);
  });

  afterEach(async () => {
    const keys = await send(redis, tsQueryIndex([{ label: 'group', equals: group }]));
    if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });

  function create(name: string, labels: Record<string, string> = {}): Promise<void> {
    return send(redis, tsCreate(key(name), { labels: { group, ...labels } }));
  }

  test('a series is created, altered and described', async () => {
    const labels = { group, sensor: 'ñ 1=2' };
    await send(
      redis,
      tsCreate(key('a'), { retentionMs: 60_000, encoding: 'UNCOMPRESSED', chunkSizeBytes: 128, labels }),
    );
    await send(redis, tsAlter(key('a'), { retentionMs: 5_000, duplicatePolicy: 'MAX' }));
    await send(redis, tsAdd(key('a'), 1_000, 1));
    await send(redis, tsAdd(key('a'), 1_000, 3));
    expect(await send(redis, tsInfo(key('a')))).toMatchObject({
      totalSamples: 1,
      firstTimestamp: 1_000,
      lastTimestamp: 1_000,
      retentionMs: 5_000,
      chunkSizeBytes: 128,
      chunkType: 'uncompressed',
      duplicatePolicy: 'max',
      labels,
      sourceKey: null,
      rules: [],
    });
    expect(await send(redis, tsGet(key('a')))).toEqual({ timestamp: 1_000, value: 3 });
  });

  test('values are read as they were written', async () => {
    await create('v');
    const values = [0.1 + 0.2, -1e-300, 1e21, 123456789012345680, 5e-324, 1.7976931348623157e308];
    const samples = values.map((value, index) => ({ key: key('v'), timestamp: index + 1, value }));
    await send(redis, tsMAdd(samples));
    expect(await send(redis, tsRange(key('v'), 'earliest', 'latest'))).toEqual(
      values.map((value, index) => ({ timestamp: index + 1, value })),
    );
  });

  test('ranges in both directions, filtered, counted and aggregated', async () => {
    await create('r');
    const samples = [10, 20, 30, 40, 50].map((timestamp) => ({
      key: key('r'),
      timestamp,
      value: timestamp / 10,
    }));
    await send(redis, tsMAdd(samples));
    const values = async (...args: Parameters<typeof tsRange>): Promise<number[]> =>
      (await send(redis, tsRange(...args))).map(({ value }) => value);
    expect(await values(key('r'), 20, 40)).toEqual([2, 3, 4]);
    expect(await values(key('r'), 'earliest', 'latest', { count: 2 })).toEqual([1, 2]);
    expect(await values(key('r'), 0, 99, { filterByTimestamps: [10, 50] })).toEqual([1, 5]);
    expect(await values(key('r'), 0, 99, { filterByValue: { min: 2, max: 3 } })).toEqual([2, 3]);
    expect((await send(redis, tsRevRange(key('r'), 0, 99, { count: 2 }))).map(({ value }) => value)).toEqual([
      5, 4,
    ]);
    const aggregation = { aggregator: 'sum', bucketMs: 20, align: 10, bucketTimestamp: 'end' } as const;
    expect(await send(redis, tsRange(key('r'), 10, 50, { aggregation }))).toEqual([
      { timestamp: 30, value: 3 },
      { timestamp: 50, value: 7 },
      { timestamp: 70, value: 5 },
    ]);
    expect(await send(redis, tsDel(key('r'), 20, 30))).toBe(2);
    expect(await values(key('r'), 'earliest', 'latest')).toEqual([1, 4, 5]);
  });

  test('empty buckets are reported where asked for', async () => {
    await create('e');
    await send(redis, tsAdd(key('e'), 0, 1));
    await send(redis, tsAdd(key('e'), 25, 2));
    const samples = async (aggregator: 'avg' | 'count'): Promise<unknown> =>
      send(redis, tsRange(key('e'), 0, 30, { aggregation: { aggregator, bucketMs: 10, empty: true } }));
    expect(await samples('avg')).toEqual([
      { timestamp: 0, value: 1 },
      { timestamp: 10, value: NaN },
      { timestamp: 20, value: 2 },
    ]);
    expect(await samples('count')).toEqual([
      { timestamp: 0, value: 1 },
      { timestamp: 10, value: 0 },
      { timestamp: 20, value: 1 },
    ]);
  });

  test('counters', async () => {
    expect(await send(redis, tsIncrBy(key('c'), 2, { timestamp: 10, labels: { group } }))).toBe(10);
    expect(await send(redis, tsDecrBy(key('c'), 0.5, { timestamp: 10 }))).toBe(10);
    expect(await send(redis, tsGet(key('c')))).toEqual({ timestamp: 10, value: 1.5 });
    await expect(send(redis, tsIncrBy(key('c'), 1, { timestamp: 9 }))).rejects.toMatchObject({
      code: 'TIMESTAMP_NOT_NEWEST',
    });
  });

  test('the server gives its own time for `now`', async () => {
    await create('n');
    const [seconds = 0] = await redis.time();
    const stored = await send(redis, tsAdd(key('n'), 'now', 1));
    expect(Number(stored)).toBeGreaterThanOrEqual(seconds * 1_000);
  });

  test('series are found by labels', async () => {
    await create('m1', { kind: 'mean', site: 'a b' });
    await create('m2', { kind: 'mean' });
    await create('x', { kind: 'max' });
    await send(
      redis,
      tsMAdd([
        { key: key('m1'), timestamp: 5, value: 1 },
        { key: key('m2'), timestamp: 5, value: 3 },
      ]),
    );
    const mine = { label: 'group', equals: group };
    const found = async (...filters: Parameters<typeof tsQueryIndex>[0]): Promise<string[]> =>
      (await send(redis, tsQueryIndex([mine, ...filters]))).sort();
    expect(await found({ label: 'kind', equals: 'mean' })).toEqual([key('m1'), key('m2')]);
    expect(await found({ label: 'kind', notEquals: 'mean' })).toEqual([key('x')]);
    expect(await found({ label: 'kind', oneOf: ['max', 'none'] })).toEqual([key('x')]);
    expect(await found({ label: 'kind', noneOf: ['max'] })).toEqual([key('m1'), key('m2')]);
    expect(await found({ label: 'site', exists: true })).toEqual([key('m1')]);
    expect(await found({ label: 'site', exists: false })).toEqual([key('m2'), key('x')]);
    const latest = await send(redis, tsMGet([mine], { labels: ['site'] }));
    expect(latest.sort((a, b) => a.key.localeCompare(b.key))).toEqual([
      { key: key('m1'), labels: { site: 'a b' }, sample: { timestamp: 5, value: 1 } },
      { key: key('m2'), labels: { site: null }, sample: { timestamp: 5, value: 3 } },
      { key: key('x'), labels: { site: null }, sample: null },
    ]);
    const ranges = await send(
      redis,
      tsMRange(0, 9, [mine, { label: 'kind', equals: 'mean' }], { labels: 'all' }),
    );
    expect(ranges.sort((a, b) => a.key.localeCompare(b.key))).toMatchObject([
      { key: key('m1'), labels: { group, kind: 'mean', site: 'a b' }, samples: [{ timestamp: 5, value: 1 }] },
      { key: key('m2'), labels: { group, kind: 'mean' }, samples: [{ timestamp: 5, value: 3 }] },
    ]);
    const reversed = await send(redis, tsMRevRange(0, 9, [mine, { label: 'kind', equals: 'max' }]));
    expect(reversed).toEqual([{ key: key('x'), labels: {}, samples: [] }]);
  });

  test('compactions are fed, read while open, and ended', async () => {
    await create('raw');
    await create('sum');
    await send(redis, tsCreateRule(key('raw'), key('sum'), { aggregator: 'sum', bucketMs: 10 }));
    const samples = [1, 5, 11, 25].map((timestamp) => ({ key: key('raw'), timestamp, value: 1 }));
    await send(redis, tsMAdd(samples));
    expect(await send(redis, tsRange(key('sum'), 'earliest', 'latest'))).toEqual([
      { timestamp: 0, value: 2 },
      { timestamp: 10, value: 1 },
    ]);
    expect(await send(redis, tsRange(key('sum'), 'earliest', 'latest', { latest: true }))).toHaveLength(3);
    expect(await send(redis, tsGet(key('sum'), { latest: true }))).toEqual({ timestamp: 20, value: 1 });
    expect((await send(redis, tsInfo(key('raw')))).rules).toMatchObject([
      { destination: key('sum'), bucketMs: 10, aggregator: 'SUM', alignTimestamp: 0 },
    ]);
    expect((await send(redis, tsInfo(key('sum')))).sourceKey).toBe(key('raw'));
    await send(redis, tsDeleteRule(key('raw'), key('sum')));
    await expect(send(redis, tsDeleteRule(key('raw'), key('sum')))).rejects.toMatchObject({
      code: 'RULE_NOT_FOUND',
    });
    await expect(
      send(redis, tsCreateRule(key('raw'), key('raw'), { aggregator: 'sum', bucketMs: 10 })),
    ).rejects.toMatchObject({ code: 'RULE_CONFLICT' });
  });

  test('errors have codes', async () => {
    await create('a');
    await redis.set(key('text'), 'x');
    await send(redis, tsAlter(key('a'), { retentionMs: 10, duplicatePolicy: 'BLOCK' }));
    await send(redis, tsAdd(key('a'), 100, 1));
    const [exists, missing, type, old, duplicate] = await sendAll(redis, [
      tsCreate(key('a')),
      tsRange(key('none'), 0, 1),
      tsGet(key('text')),
      tsAdd(key('a'), 1, 1),
      tsAdd(key('a'), 100, 2),
    ]);
    expect(exists).toMatchObject({ ok: false, error: { code: 'KEY_EXISTS', command: 'TS.CREATE' } });
    expect(missing).toMatchObject({ ok: false, error: { code: 'KEY_NOT_FOUND' } });
    expect(type).toMatchObject({ ok: false, error: { code: 'WRONG_TYPE' } });
    expect(old).toMatchObject({ ok: false, error: { code: 'OLDER_THAN_RETENTION' } });
    expect(duplicate).toMatchObject({ ok: false, error: { code: 'DUPLICATE_BLOCKED' } });
    await redis.del(key('text'));
  });

  test('a batch of any size is stored in commands of bounded size', async () => {
    await create('b');
    const samples = Array.from({ length: 2_500 }, (_, i) => ({ key: key('b'), timestamp: i, value: i }));
    samples[1_700] = { key: key('none'), timestamp: 1, value: 1 };
    const answers = await addAll(redis, samples, { maxSamplesPerCommand: 600 });
    expect(answers.filter((answer) => answer instanceof TimeSeriesError)).toHaveLength(1);
    // The server does not tell a missing series from another type of key here.
    expect(answers[1_700]).toMatchObject({ code: 'WRONG_TYPE' });
    expect(answers[2_499]).toBe(2_499);
    expect((await send(redis, tsInfo(key('b')))).totalSamples).toBe(2_499);
  });
});
