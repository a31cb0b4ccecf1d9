import { groupKeys } from '../keys.js';
import { type SeriesQuery } from '../measurement-query.js';
import { groupSeries, sensorSeries } from '../series/series.js';
import { checkQuery } from './checked-query.js';
import { planRead, type Segment, type SeriesState } from './read-plan.js';

const keys = groupKeys('g');
const [mean, count] = groupSeries(keys);
const sensor = sensorSeries(keys, 's');

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = 20_000 * DAY + 12 * HOUR;

const kept: SeriesState = { newest: NOON + 30_500, retentionMs: 0 };
const month: SeriesState = { newest: NOON + 30_500, retentionMs: 30 * DAY };

/** The plan as text, times relative to noon. */
function plan(series: typeof mean, query: Partial<SeriesQuery>, state: SeriesState): string[] {
  return planRead(series, checkQuery({ limit: 1_000, ...query }), state).map(
    ({ source, from, to, latest }: Segment) => {
      const name =
        source.kind === 'compaction'
          ? `${source.resolution} ${source.compaction} ${source.aggregate}`
          : source.kind === 'raw'
            ? 'raw'
            : `${source.resolution} sum/count`;
      return `${name}${latest === true ? ' latest' : ''} ${from - NOON}..${to - NOON}`;
    },
  );
}

test('values within the retention are raw', () => {
  expect(plan(mean, { from: NOON - DAY }, month)).toEqual([`raw ${-DAY}..30500`]);
  expect(plan(mean, { from: 0 }, kept)).toEqual([`raw ${-NOON}..30500`]);
  expect(plan(mean, { from: NOON - 5, to: NOON + 7 }, month)).toEqual(['raw -5..7']);
});

test('nothing is read after the newest value', () => {
  expect(plan(mean, { from: NOON + MINUTE }, month)).toEqual([]);
});

test('expired values are averages of minutes, and of hours before those', () => {
  expect(plan(mean, { from: NOON - 400 * DAY }, month)).toEqual([
    `1h avg avg ${-400 * DAY}..${-180 * DAY + HOUR - 1}`,
    `1m avg avg ${-180 * DAY + HOUR}..${-30 * DAY + MINUTE - 1}`,
    `raw ${-30 * DAY + MINUTE}..30500`,
  ]);
  expect(plan(count, { from: NOON - 400 * DAY }, month)).toEqual([`raw ${-400 * DAY}..30500`]);
});

test('the newest minute is raw however short the retention', () => {
  expect(plan(mean, { from: NOON - HOUR }, { newest: NOON + 30_500, retentionMs: 10_000 })).toEqual([
    `1m avg avg ${-HOUR}..-1`,
    'raw 0..30500',
  ]);
});

test('short ranges and other buckets are raw', () => {
  expect(plan(mean, { from: NOON - HOUR, bucketMs: MINUTE }, month)).toEqual([`raw ${-HOUR}..30500`]);
  expect(plan(mean, { from: NOON - DAY, bucketMs: 90_500 }, month)).toEqual([`raw ${-DAY}..30500`]);
  expect(plan(mean, { from: NOON - DAY, bucketMs: MINUTE, aggregate: 'first' }, month)).toEqual([
    `raw ${-DAY}..30500`,
  ]);
});

test('long ranges of whole minutes or hours come from the compaction, their edges from raw values', () => {
  expect(plan(mean, { from: NOON - DAY + 1, bucketMs: MINUTE }, month)).toEqual([
    `raw ${-DAY + 1}..${-DAY + MINUTE - 1}`,
    `1m avg avg ${-DAY + MINUTE}..-1`,
    'raw 0..30500',
  ]);
  expect(plan(mean, { from: NOON - 3 * DAY, to: NOON - 1, bucketMs: HOUR, aggregate: 'max' }, month)).toEqual(
    [`1h max max ${-3 * DAY}..-1`],
  );
  expect(plan(mean, { from: NOON - 3 * DAY, to: NOON - 2, bucketMs: HOUR, aggregate: 'min' }, month)).toEqual(
    [`1h min min ${-3 * DAY}..${-HOUR - 1}`, `raw ${-HOUR}..-2`],
  );
  expect(plan(mean, { from: NOON - DAY, bucketMs: 5 * MINUTE, aggregate: 'count' }, month)).toEqual([
    `1m count sum ${-DAY}..-1`,
    'raw 0..30500',
  ]);
});

test('an average over several buckets weighs them by their counts', () => {
  expect(plan(mean, { from: NOON - DAY, bucketMs: 2 * HOUR }, month)).toEqual([
    `1h sum/count ${-DAY}..-1`,
    'raw 0..30500',
  ]);
});

test('of a sensor only where raw values have expired, as the mean of averages', () => {
  expect(plan(sensor, { from: NOON - DAY, bucketMs: 2 * HOUR }, month)).toEqual([`raw ${-DAY}..30500`]);
  expect(plan(sensor, { from: NOON - 40 * DAY, bucketMs: 2 * HOUR }, month)).toEqual([
    `1h avg avg ${-40 * DAY}..${-30 * DAY + 2 * HOUR - 1}`,
    `raw ${-30 * DAY + 2 * HOUR}..30500`,
  ]);
  expect(plan(sensor, { from: NOON - DAY, bucketMs: HOUR }, month)).toEqual([
    `1h avg avg ${-DAY}..-1`,
    'raw 0..30500',
  ]);
});

test('without from, the newest buckets; the compaction where they are many', () => {
  expect(plan(mean, { limit: 10, bucketMs: MINUTE }, kept)).toEqual([`raw ${-NOON}..30500`]);
  expect(plan(mean, { limit: 1_000, bucketMs: MINUTE }, kept)).toEqual([
    `1m avg avg ${-NOON}..-1`,
    'raw 0..30500',
  ]);
});

test('an expired start begins with the first whole bucket of the compaction', () => {
  expect(plan(mean, { from: NOON - 40 * DAY + 1, bucketMs: DAY, aggregate: 'sum' }, month)).toEqual([
    `1h sum sum ${-40 * DAY + HOUR}..${-12 * HOUR - 1}`,
    `raw ${-12 * HOUR}..30500`,
  ]);
});

test('raw values shorter than a bucket leave its open end to the compaction', () => {
  const state = { newest: NOON + 30 * MINUTE, retentionMs: 10 * MINUTE };
  expect(plan(mean, { from: NOON - DAY, bucketMs: HOUR }, state)).toEqual([
    `1h avg avg latest ${-DAY}..${30 * MINUTE}`,
  ]);
});

test.each<[Partial<SeriesQuery>, string]>([
  [{ limit: 0 }, 'limit 0'],
  [{ limit: 100_001 }, 'limit 100001'],
  [{ from: -1 }, 'from -1'],
  [{ to: 0.5 }, 'to 0.5'],
  [{ bucketMs: 0 }, 'bucketMs 0'],
  [{ aggregate: 'avg' }, 'aggregate avg needs bucketMs'],
])('refuses %j', (query, message) => {
  expect(() => checkQuery({ limit: 1, ...query })).toThrow(message);
});
