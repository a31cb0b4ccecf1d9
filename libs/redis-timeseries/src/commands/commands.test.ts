import { type Command } from '../command.js';
import { type Filter } from '../filter.js';
import {
  type AddOptions,
  AGGREGATORS,
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
  tsNRange,
  tsNRevRange,
  tsQueryIndex,
  tsQueryLabels,
  tsQueryLabelValues,
  tsRange,
  tsRead,
  tsRevRange,
} from '../index.js';

/** Matches the error of a refused argument. */
const INVALID_INPUT = expect.objectContaining({ code: 'INVALID_INPUT' }) as Error;

const filters: Filter[] = [{ label: 'kind', equals: 'mean' }];
const series: AddOptions = {
  retentionMs: 60_000,
  encoding: 'UNCOMPRESSED',
  chunkSizeBytes: 128,
  duplicatePolicy: 'LAST',
  ignore: { maxTimeDifferenceMs: 10, maxValueDifference: 0.5 },
  labels: { group: 'g', sensor: 'ñ 1=2' },
};
const seriesText =
  'RETENTION 60000 ENCODING UNCOMPRESSED CHUNK_SIZE 128 DUPLICATE_POLICY LAST IGNORE 10 0.5 LABELS group g sensor ñ·1=2';

/** The command as one line, with `·` for a blank inside an argument. */
function line({ name, args }: Command<unknown>): string {
  return [name, ...args].map((arg) => arg.replaceAll(' ', '·')).join(' ');
}

test.each<[Command<unknown>, string]>([
  [tsCreate('k'), 'TS.CREATE k'],
  [tsCreate('k', series), `TS.CREATE k ${seriesText}`],
  [tsAlter('k', { retentionMs: 0, labels: {} }), 'TS.ALTER k RETENTION 0 LABELS'],
  [tsAdd('k', 'now', NaN), 'TS.ADD k * nan'],
  [tsAdd('k', 9_223_372_036_854_775_807n, -Infinity), 'TS.ADD k 9223372036854775807 -inf'],
  [
    tsAdd('k', 5, 0.1 + 0.2, { retentionMs: 1, onDuplicate: 'SUM' }),
    'TS.ADD k 5 0.30000000000000004 RETENTION 1 ON_DUPLICATE SUM',
  ],
  [
    tsMAdd([
      { key: 'a', timestamp: 1, value: -0 },
      { key: 'b', timestamp: 'now', value: 1e21 },
    ]),
    'TS.MADD a 1 -0 b * 1e+21',
  ],
  [tsIncrBy('k', 2, { timestamp: 7, retentionMs: 1 }), 'TS.INCRBY k 2 TIMESTAMP 7 RETENTION 1'],
  [tsDecrBy('k', 0.5), 'TS.DECRBY k 0.5'],
  [tsDel('k', 1, 'latest'), 'TS.DEL k 1 +'],
  [tsGet('k', { latest: true }), 'TS.GET k LATEST'],
  [tsMGet(filters, { latest: true, labels: 'all' }), 'TS.MGET LATEST WITHLABELS FILTER kind=mean'],
  [tsRange('k', 'earliest', 'latest'), 'TS.RANGE k - +'],
  [
    tsRevRange('k', 1, 9n, {
      latest: true,
      filterByTimestamps: [1, 2n],
      filterByValue: { min: -Infinity, max: 3 },
      count: 4,
      aggregation: { aggregator: 'twa', bucketMs: 1000, align: 'start', bucketTimestamp: 'mid', empty: true },
    }),
    'TS.REVRANGE k 1 9 LATEST FILTER_BY_TS 1 2 FILTER_BY_VALUE -inf 3 COUNT 4 ALIGN start AGGREGATION twa 1000 BUCKETTIMESTAMP ~ EMPTY',
  ],
  [
    tsMRange(0, 'latest', filters, {
      labels: ['a', 'b c'],
      count: 2,
      aggregation: { aggregator: 'count', bucketMs: 5, align: 3 },
      groupBy: { label: 'kind', reducer: 'max' },
    }),
    'TS.MRANGE 0 + SELECTED_LABELS a b·c COUNT 2 ALIGN 3 AGGREGATION count 5 FILTER kind=mean GROUPBY kind REDUCE max',
  ],
  [tsMRevRange(0, 1, filters), 'TS.MREVRANGE 0 1 FILTER kind=mean'],
  [
    tsCreateRule('a', 'b', { aggregator: 'std.p', bucketMs: 60_000, alignTimestamp: 5 }),
    'TS.CREATERULE a b AGGREGATION std.p 60000 5',
  ],
  [tsDeleteRule('a', 'b'), 'TS.DELETERULE a b'],
  [tsInfo('k'), 'TS.INFO k'],
  [tsInfo('k', { debug: true }), 'TS.INFO k DEBUG'],
  [
    tsRange('k', 0, 1, { aggregation: { aggregators: ['min', 'max'], bucketMs: 5, empty: true } }),
    'TS.RANGE k 0 1 AGGREGATION min,max 5 EMPTY',
  ],
  [
    tsMRange(0, 1, filters, {
      labels: 'all',
      excludeEmpty: true,
      aggregation: { aggregators: ['avg'], bucketMs: 5 },
    }),
    'TS.MRANGE 0 1 WITHLABELS AGGREGATION avg 5 EXCLUDEEMPTY FILTER kind=mean',
  ],
  [tsNRange(['a', 'b'], 'earliest', 9, { count: 3 }), 'TS.NRANGE 2 a b - 9 COUNT 3'],
  [
    tsNRevRange(['a', 'b'], 0, 'latest', {
      latest: true,
      filterByValue: { min: 0, max: 1 },
      aggregation: { aggregators: [['min', 'max'], 'sum'], bucketMs: 10, align: 2, bucketTimestamp: 'end' },
    }),
    'TS.NREVRANGE 2 a b 0 + LATEST FILTER_BY_VALUE 0 1 ALIGN 2 AGGREGATION min,max sum 10 BUCKETTIMESTAMP +',
  ],
  [tsRead('k', 5n), 'TS.READ k 5'],
  [tsRead('k', 'earliest', { maxCount: 2 }), 'TS.READ k - MAX_COUNT 2'],
  [tsRead('k', 'new', { block: { timeoutMs: 0 } }), 'TS.READ k $ BLOCK 0 1'],
  [
    tsRead('k', 'latest', { maxCount: 4, block: { timeoutMs: 500, minCount: 3 } }),
    'TS.READ k + MAX_COUNT 4 BLOCK 500 3',
  ],
  [tsQueryLabels(), 'TS.QUERYLABELS LABELS'],
  [tsQueryLabels(filters), 'TS.QUERYLABELS LABELS FILTER kind=mean'],
  [tsQueryLabelValues('room', filters), 'TS.QUERYLABELS VALUES room FILTER kind=mean'],
  [
    tsQueryIndex([
      { label: 'a', equals: 'x y' },
      { label: 'b', notEquals: '1' },
      { label: 'c', oneOf: ['1', '2'] },
      { label: 'd', noneOf: ['3'] },
      { label: 'e', exists: true },
      { label: 'f', exists: false },
    ]),
    'TS.QUERYINDEX a=x·y b!=1 c=(1,2) d!=(3) e!= f=',
  ],
])('arguments: $name %#', (command, expected) => {
  expect(line(command)).toBe(expected);
});

test('every aggregator can be asked for', () => {
  for (const aggregator of AGGREGATORS) {
    expect(line(tsRange('k', 0, 1, { aggregation: { aggregator, bucketMs: 10 } }))).toBe(
      `TS.RANGE k 0 1 AGGREGATION ${aggregator} 10`,
    );
  }
});

describe('a value cannot become another filter', () => {
  test.each(['a=b', 'x)', '(x', 'a,b', '!x', '', 'a\0b', '(a,b)'])('%j', (text) => {
    for (const filter of [
      { label: 'l', equals: text },
      { label: 'l', notEquals: text },
      { label: 'l', oneOf: ['ok', text] },
      { label: 'l', noneOf: [text] },
      { label: text, equals: 'v' },
    ]) {
      expect(() => tsQueryIndex([{ label: 'a', equals: 'b' }, filter])).toThrow(INVALID_INPUT);
    }
  });

  test('queries without a filter that selects are refused', () => {
    expect(() => tsMGet([])).toThrow(INVALID_INPUT);
    expect(() => tsMGet([{ label: 'a', exists: true }])).toThrow('equals or oneOf');
  });
});

describe('a label cannot become an option', () => {
  test.each([
    { sensor: 'IGNORE' },
    { sensor: 'uncompressed' },
    { Encoding: 'x' },
    { sensor: 'a(b' },
    { sensor: 'a,b' },
    { sensor: '' },
    { '': 'x' },
  ])('%j', (labels) => {
    expect(() => tsCreate('k', { labels })).toThrow(INVALID_INPUT);
  });

  test('where the option itself stands before it, its name is a label like any other', () => {
    expect(line(tsCreate('k', { retentionMs: 5, labels: { sensor: 'RETENTION' } }))).toBe(
      'TS.CREATE k RETENTION 5 LABELS sensor RETENTION',
    );
  });

  test('nor a selected or grouping label', () => {
    expect(() => tsMGet(filters, { labels: ['count'] })).toThrow(INVALID_INPUT);
    expect(() => tsMRange(0, 1, filters, { groupBy: { label: 'EMPTY', reducer: 'sum' } })).toThrow(
      INVALID_INPUT,
    );
  });
});

test.each<[string, () => unknown]>([
  ['a negative timestamp', () => tsAdd('k', -1, 1)],
  ['a fraction', () => tsAdd('k', 1.5, 1)],
  ['an unsafe number', () => tsAdd('k', 2 ** 53, 1)],
  ['a bigint beyond 63 bits', () => tsAdd('k', 2n ** 63n, 1)],
  ['a negative retention', () => tsCreate('k', { retentionMs: -1 })],
  ['a chunk size that is no multiple of 8', () => tsCreate('k', { chunkSizeBytes: 100 })],
  ['a bucket of 0 ms', () => tsRange('k', 0, 1, { aggregation: { aggregator: 'avg', bucketMs: 0 } })],
  ['a count of 0', () => tsRange('k', 0, 1, { count: 0 })],
  ['129 timestamps', () => tsRange('k', 0, 1, { filterByTimestamps: Array<number>(129).fill(1) })],
  ['no aggregators', () => tsRange('k', 0, 1, { aggregation: { aggregators: [], bucketMs: 1 } })],
  ['no keys', () => tsNRange([], 0, 1)],
  [
    'aggregators for another number of keys',
    () => tsNRange(['a', 'b'], 0, 1, { aggregation: { aggregators: ['avg'], bucketMs: 1 } }),
  ],
  [
    'empty groups left out',
    () => tsMRange(0, 1, filters, { excludeEmpty: true, groupBy: { label: 'l', reducer: 'sum' } }),
  ],
  ['a negative wait', () => tsRead('k', 0, { block: { timeoutMs: -1 } })],
  [
    'a wait for more than may come',
    () => tsRead('k', 0, { maxCount: 1, block: { timeoutMs: 0, minCount: 2 } }),
  ],
  ['a wait for nothing', () => tsRead('k', 0, { block: { timeoutMs: 0, minCount: 0 } })],
  ['a most of 0', () => tsRead('k', 0, { maxCount: 0 })],
  ['filters of labels that select nothing', () => tsQueryLabels([{ label: 'a', exists: true }])],
  ['an empty list of labels', () => tsMGet(filters, { labels: [] })],
  ['an empty list of values', () => tsMGet([{ label: 'a', oneOf: [] }])],
])('refused before anything is sent: %s', (_name, build) => {
  expect(build).toThrow(INVALID_INPUT);
});
