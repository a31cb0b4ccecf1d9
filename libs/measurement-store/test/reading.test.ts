import { jest } from '@jest/globals';
import fc from 'fast-check';
import { type Measurement } from '@atalaya/contracts';
import { type Aggregate, MeasurementStore, type SeriesQuery } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { startEmbedded, startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(300_000);

let server: StoreServer;

beforeAll(async () => {
  server = await startStoreServer();
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = 20_000 * 24 * HOUR + 17 * MINUTE + 13;
const AGGREGATES: readonly Aggregate[] = ['avg', 'min', 'max', 'count', 'sum', 'first', 'last'];

/** Values at uneven distances over two days, with a gap of four hours. */
const SAMPLES: Measurement[] = Array.from({ length: 1_200 }, (_, i) => ({
  timestamp: START + i * 130_000 + ((i * 7_919) % 100_000) + (i > 700 ? 4 * HOUR : 0),
  value: 75 + ((i * 37) % 101) / 8,
}));
const NEWEST = SAMPLES.at(-1)!.timestamp;

/** Stores the samples as means and as one sensor's values, some of them late. */
async function fill(
  retentionMs: number,
  samples: readonly Measurement[],
  on: StoreServer = server,
): Promise<{ store: MeasurementStore; group: string }> {
  const group = on.newGroup();
  const store = new MeasurementStore(on.connect(), { retentionMs, commandTimeoutMs: 60_000 });
  const outcomes = await store.recordAll(
    samples.map(({ timestamp, value }) => ({ group, timestamp, value, sensors: { s: value } })),
  );
  expect(outcomes.every(({ outcome }) => outcome === 'stored')).toBe(true);
  return { store, group };
}

/** The answer by plain arithmetic over all samples. */
function expected(query: SeriesQuery): Measurement[] {
  const { from = 0, to = Infinity, limit, bucketMs, aggregate = 'avg' } = query;
  const inRange = SAMPLES.filter(({ timestamp }) => timestamp >= from && timestamp <= to);
  const rows = bucketMs === undefined ? inRange : buckets(inRange, bucketMs, aggregate);
  return query.from === undefined ? rows.slice(-limit) : rows.slice(0, limit);
}

function buckets(samples: Measurement[], bucketMs: number, aggregate: Aggregate): Measurement[] {
  const values = new Map<number, number[]>();
  for (const { timestamp, value } of samples) {
    const start = Math.floor(timestamp / bucketMs) * bucketMs;
    values.set(start, [...(values.get(start) ?? []), value]);
  }
  return [...values].map(([timestamp, bucket]) => ({ timestamp, value: combine(bucket, aggregate) }));
}

function combine(values: number[], aggregate: Aggregate): number {
  const sum = values.reduce((a, b) => a + b, 0);
  switch (aggregate) {
    case 'avg':
      return sum / values.length;
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'count':
      return values.length;
    case 'sum':
      return sum;
    case 'first':
      return values[0]!;
    case 'last':
      return values.at(-1)!;
  }
}

/** Sums in another order differ in the last digits. */
function rounded(measurements: Measurement[]): Measurement[] {
  return measurements.map(({ timestamp, value }) => ({ timestamp, value: Number(value.toPrecision(12)) }));
}

const time = fc.oneof(
  fc.integer({ min: START - HOUR, max: NEWEST + HOUR }),
  fc.constantFrom(...SAMPLES.slice(0, 5).map(({ timestamp }) => timestamp), START - 13, NEWEST, 0),
  fc.integer({ min: 0, max: 60 }).map((hours) => Math.floor(START / HOUR) * HOUR + hours * HOUR),
);
const query: fc.Arbitrary<SeriesQuery> = fc
  .record({
    from: fc.option(time, { nil: undefined }),
    to: fc.option(time, { nil: undefined }),
    limit: fc.constantFrom(1, 3, 50, 1_000, 100_000),
    bucketMs: fc.constantFrom(undefined, MINUTE, 5 * MINUTE, HOUR, 3 * HOUR, 24 * HOUR, 90_500),
    aggregate: fc.constantFrom(undefined, ...AGGREGATES),
  })
  .map((each) => (each.bucketMs === undefined ? { ...each, aggregate: undefined } : each));

test('every query answers as arithmetic over all values does, whatever it is read from', async () => {
  // Every seventh value comes late: after the next ones, and after their minute was closed.
  const late = SAMPLES.filter((_, i) => i % 7 === 3);
  const { store, group } = await fill(0, [...SAMPLES.filter((_, i) => i % 7 !== 3), ...late]);
  await fc.assert(
    fc.asyncProperty(query, async (each) => {
      expect(rounded(await store.measurements({ group, ...each }))).toEqual(rounded(expected(each)));
      expect(rounded(await store.sensorMeasurements('s', { group, ...each }))).toEqual(
        rounded(expected(each)),
      );
    }),
    { numRuns: 300, endOnFailure: false },
  );
});

test('expired values live on in their compactions', async () => {
  const { store, group } = await fill(5 * HOUR, SAMPLES);
  const hours = await store.measurements({ group, from: 0, limit: 1_000, bucketMs: HOUR, aggregate: 'max' });
  expect(hours).toEqual(expected({ from: 0, limit: 1_000, bucketMs: HOUR, aggregate: 'max' }));
  const days = { from: 0, limit: 1_000, bucketMs: 24 * HOUR };
  expect(rounded(await store.measurements({ group, ...days }))).toEqual(rounded(expected(days)));
  const minutes = { from: 0, limit: 100_000, bucketMs: MINUTE };
  expect(rounded(await store.sensorMeasurements('s', { group, ...minutes }))).toEqual(
    rounded(expected(minutes)),
  );
  // Without buckets: averages of minutes as far as raw values have expired, then the raw values.
  const rawFrom = Math.ceil((NEWEST - 5 * HOUR) / MINUTE) * MINUTE;
  const all = await store.measurements({ group, from: 0, limit: 100_000 });
  expect(rounded(all)).toEqual(
    rounded([
      ...expected({ from: 0, to: rawFrom - 1, limit: 100_000, bucketMs: MINUTE }),
      ...expected({ from: rawFrom, limit: 100_000 }),
    ]),
  );
  expect(await store.measurements({ group, limit: 100_000 })).toEqual(
    expected({ from: NEWEST - 5 * HOUR, limit: 100_000 }),
  );
});

test('pages follow each other without gap or overlap', async () => {
  const { store, group } = await fill(0, SAMPLES.slice(0, 250));
  const pages: Measurement[] = [];
  for (let from = 0; ;) {
    const page = await store.measurements({ group, from, limit: 60 });
    pages.push(...page);
    if (page.length < 60) break;
    from = page.at(-1)!.timestamp + 1;
  }
  expect(pages).toEqual(SAMPLES.slice(0, 250));
});

/** RedisTimeSeries that answer some queries differently; the store's answers are the same. */
test.each(['8.6', '8.10'] as const)(
  'first and last are what they say on RedisTimeSeries %s',
  async (version) => {
    await using own = await startEmbedded({ answersAs: version });
    const { store, group } = await fill(0, SAMPLES.slice(0, 400), own);
    const key = groupKeys(group).mean;
    const reversed = await own
      .connect()
      .call('TS.REVRANGE', key, '-', '+', 'AGGREGATION', 'first', String(24 * HOUR));
    const newest = expected({
      from: 0,
      to: SAMPLES[399]!.timestamp,
      limit: 9,
      bucketMs: 24 * HOUR,
      aggregate: 'first',
    });
    const other = expected({
      from: 0,
      to: SAMPLES[399]!.timestamp,
      limit: 9,
      bucketMs: 24 * HOUR,
      aggregate: 'last',
    });
    const [, told] = (reversed as [number, string][])[0]!;
    expect(Number(told)).toBe((version === '8.6' ? other : newest).at(-1)!.value);

    await fc.assert(
      fc.asyncProperty(query, fc.constantFrom('first', 'last'), async (each, aggregate) => {
        const asked: SeriesQuery = { ...each, bucketMs: each.bucketMs ?? HOUR, aggregate };
        const bounded = { ...asked, to: Math.min(asked.to ?? Infinity, SAMPLES[399]!.timestamp) };
        expect(await store.measurements({ group, ...asked })).toEqual(expected(bounded));
      }),
      { numRuns: 100, endOnFailure: false },
    );
  },
);

test('without a bucket that is open in a compaction the closed ones are answered', async () => {
  await using own = await startEmbedded();
  const { store, group } = await fill(5 * HOUR, SAMPLES, own);
  const keys = groupKeys(group);
  const redis = own.connect();
  const query: SeriesQuery = { limit: 1_000, bucketMs: 24 * HOUR, aggregate: 'max' };
  const before = await store.measurements({ group, ...query });
  expect(before.length).toBeGreaterThan(1);
  // As after a restore: the series are there, and what a rule had gathered of its last bucket is not.
  await redis.call('TS.DELETERULE', keys.mean, keys.compaction('1h', 'max'));
  await redis.call(
    'TS.CREATERULE',
    keys.mean,
    keys.compaction('1h', 'max'),
    'AGGREGATION',
    'max',
    String(HOUR),
  );
  const after = await store.measurements({ group, ...query });
  expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
});
