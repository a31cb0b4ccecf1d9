import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  send,
  tsAdd,
  tsCreate,
  tsCreateRule,
  tsInfo,
  tsMAdd,
  tsMRange,
  tsMRevRange,
  tsNRange,
  tsNRevRange,
  tsQueryIndex,
  tsQueryLabels,
  tsQueryLabelValues,
  tsRange,
  tsRead,
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

  /** Two series: `a` at 10, 20, 30 and `b` at 20 and 40, each value a tenth of the timestamp. */
  async function createPair(): Promise<void> {
    await create('a', { room: 'x' });
    await create('b', { room: 'y', floor: '1' });
    const at = (name: string, timestamp: number) => ({ key: key(name), timestamp, value: timestamp / 10 });
    await send(redis, tsMAdd([at('a', 10), at('a', 20), at('a', 30), at('b', 20), at('b', 40)]));
  }

  test('several aggregators give rows of values in their order', async () => {
    await createPair();
    const aggregation = { aggregators: ['min', 'max', 'count'], bucketMs: 20 } as const;
    expect(await send(redis, tsRange(key('a'), 0, 99, { aggregation }))).toEqual([
      { timestamp: 0, values: [1, 1, 1] },
      { timestamp: 20, values: [2, 3, 2] },
    ]);
    expect(await send(redis, tsRevRange(key('a'), 0, 99, { aggregation, count: 1 }))).toEqual([
      { timestamp: 20, values: [2, 3, 2] },
    ]);
    const mine = [
      { label: 'group', equals: group },
      { label: 'room', equals: 'x' },
    ];
    const expected = { key: key('a'), labels: { room: 'x' } };
    expect(await send(redis, tsMRange(0, 19, mine, { aggregation, labels: ['room'] }))).toEqual([
      { ...expected, rows: [{ timestamp: 0, values: [1, 1, 1] }] },
    ]);
    expect(await send(redis, tsMRevRange(20, 99, mine, { aggregation, labels: ['room'] }))).toEqual([
      { ...expected, rows: [{ timestamp: 20, values: [2, 3, 2] }] },
    ]);
  });

  test('series without samples in the range are left out where asked for', async () => {
    await createPair();
    const mine = [{ label: 'group', equals: group }];
    const keys = async (excludeEmpty: boolean): Promise<string[]> =>
      (await send(redis, tsMRange(35, 99, mine, { excludeEmpty }))).map((series) => series.key).sort();
    expect(await keys(false)).toEqual([key('a'), key('b')]);
    expect(await keys(true)).toEqual([key('b')]);
  });

  test('named series are read side by side, with NaN where one has no sample', async () => {
    await createPair();
    const keys = [key('b'), key('a')];
    expect(await send(redis, tsNRange(keys, 'earliest', 'latest'))).toEqual([
      { timestamp: 10, values: [NaN, 1] },
      { timestamp: 20, values: [2, 2] },
      { timestamp: 30, values: [NaN, 3] },
      { timestamp: 40, values: [4, NaN] },
    ]);
    const aggregation = { aggregators: ['sum', ['min', 'max']], bucketMs: 20 } as const;
    expect(await send(redis, tsNRevRange(keys, 0, 39, { aggregation, count: 1 }))).toEqual([
      { timestamp: 20, values: [2, 2, 3] },
    ]);
    await expect(send(redis, tsNRange([key('a'), key('none')], 0, 1))).rejects.toMatchObject({
      code: 'KEY_NOT_FOUND',
      command: 'TS.NRANGE',
    });
  });

  test('names and values of labels', async () => {
    await createPair();
    const mine = [{ label: 'group', equals: group }];
    expect((await send(redis, tsQueryLabels(mine))).sort()).toEqual(['floor', 'group', 'room']);
    expect((await send(redis, tsQueryLabelValues('room', mine))).sort()).toEqual(['x', 'y']);
    expect(await send(redis, tsQueryLabelValues('floor', [...mine, { label: 'room', equals: 'x' }]))).toEqual(
      [],
    );
    expect(await send(redis, tsQueryLabels())).toEqual(expect.arrayContaining(['floor', 'group', 'room']));
    expect(await send(redis, tsQueryLabelValues('group'))).toContain(group);
  });

  test('a series is read on from a cursor', async () => {
    await createPair();
    expect(await send(redis, tsRead(key('a'), 'earliest', { maxCount: 2 }))).toEqual([
      { timestamp: 10, value: 1 },
      { timestamp: 20, value: 2 },
    ]);
    expect(await send(redis, tsRead(key('a'), 21))).toEqual([{ timestamp: 30, value: 3 }]);
    expect(await send(redis, tsRead(key('a'), 'latest'))).toEqual([{ timestamp: 30, value: 3 }]);
    expect(await send(redis, tsRead(key('a'), 'new'))).toEqual([]);
    expect(await send(redis, tsRead(key('none'), 'earliest'))).toEqual([]);
    expect(await send(redis, tsRead(key('a'), 'new', { block: { timeoutMs: 1 } }))).toEqual([]);
  });

  test('a reader that waits is answered as soon as there are enough samples', async () => {
    await createPair();
    const reader = new Redis(server.url, options);
    try {
      const answered = new AbortController();
      const read = send(reader, tsRead(key('a'), 'new', { block: { timeoutMs: 0, minCount: 2 } }));
      read
        .finally(() => {
          answered.abort();
        })
        .catch(() => {});
      // Those before the read are not new: two of the later ones answer it.
      for (let at = 50; !answered.signal.aborted; at += 10) await send(redis, tsAdd(key('a'), at, at / 10));
      const samples = await read;
      expect(samples.length).toBeGreaterThanOrEqual(2);
      for (const { timestamp, value } of samples) expect(value).toBe(Number(timestamp) / 10);
    } finally {
      reader.disconnect();
    }
  });

  test('the chunks of a series', async () => {
    await createPair();
    await create('sum');
    await send(redis, tsCreateRule(key('a'), key('sum'), { aggregator: 'sum', bucketMs: 10 }));
    const info = await send(redis, tsInfo(key('a'), { debug: true }));
    expect(info).toMatchObject({ totalSamples: 3, labels: { group, room: 'x' }, keySelfName: key('a') });
    expect(info.rules).toMatchObject([{ destination: key('sum') }]);
    expect(info.chunks).toEqual([
      {
        firstTimestamp: 10,
        lastTimestamp: 30,
        samples: 3,
        sizeBytes: expect.any(Number) as number,
        bytesPerSample: expect.any(Number) as number,
      },
    ]);
    expect(await send(redis, tsInfo(key('a')))).not.toHaveProperty('chunks');
  });
});
