import { encodeDuration, encodeTimestamp, type Timestamp } from './sample.js';
import { TimeSeriesError } from './errors.js';

/** How the samples of a bucket become one value. `countNaN` and `countAll` need RedisTimeSeries 8.6. */
export const AGGREGATORS = [
  'avg',
  'sum',
  'min',
  'max',
  'range',
  'count',
  'first',
  'last',
  'std.p',
  'std.s',
  'var.p',
  'var.s',
  'twa',
  'countNaN',
  'countAll',
] as const;
/** One of {@link AGGREGATORS}. */
export type Aggregator = (typeof AGGREGATORS)[number];

/** How the values of several series at one timestamp become one. */
export const REDUCERS = [
  'avg',
  'sum',
  'min',
  'max',
  'range',
  'count',
  'std.p',
  'std.s',
  'var.p',
  'var.s',
  'countNaN',
  'countAll',
] as const;
/** One of {@link REDUCERS}. */
export type Reducer = (typeof REDUCERS)[number];

/** The part of a bucket that its timestamp names. */
export type BucketTimestamp = 'start' | 'end' | 'mid';

/** How a range is cut into buckets. */
export interface Buckets {
  /** Width of a bucket in ms, above 0. */
  bucketMs: number;
  /** A timestamp at which a bucket starts; `start` and `end` align to the range's explicit bounds. The epoch without it. */
  align?: Timestamp | 'start' | 'end' | undefined;
  /** `start` without it. */
  bucketTimestamp?: BucketTimestamp | undefined;
  /** Report empty buckets too. */
  empty?: boolean | undefined;
}

/** Aggregation of a range into buckets. */
export interface Aggregation extends Buckets {
  aggregator: Aggregator;
}

/** Several values of each bucket, in the order of the aggregators. Needs RedisTimeSeries 8.10. */
export interface MultiAggregation extends Buckets {
  aggregators: readonly Aggregator[];
}

/** The arguments of an aggregation inside a range command. */
export function encodeAggregation(aggregation: Aggregation | MultiAggregation | undefined): string[] {
  if (aggregation === undefined) return [];
  const text =
    'aggregators' in aggregation
      ? encodeAggregators(aggregation.aggregators)
      : encodeAggregator(aggregation.aggregator);
  return encodeBuckets([text], aggregation);
}

/** The arguments of an aggregation whose aggregators are text already. */
export function encodeBuckets(aggregators: readonly string[], buckets: Buckets): string[] {
  const { bucketMs, align, bucketTimestamp, empty } = buckets;
  const args: string[] = [];
  if (align !== undefined) args.push('ALIGN', typeof align === 'string' ? align : encodeTimestamp(align));
  args.push('AGGREGATION', ...aggregators, encodeBucket(bucketMs));
  if (bucketTimestamp !== undefined) args.push('BUCKETTIMESTAMP', BUCKET_TIMESTAMPS[bucketTimestamp]);
  if (empty === true) args.push('EMPTY');
  return args;
}

const BUCKET_TIMESTAMPS = { start: '-', end: '+', mid: '~' } as const;

/** The text of an aggregator; refuses what is not in {@link AGGREGATORS}. */
export function encodeAggregator(aggregator: Aggregator): string {
  if (!AGGREGATORS.includes(aggregator)) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `Aggregator ${aggregator} is none of ${AGGREGATORS.join(', ')}.`,
    );
  }
  return aggregator;
}

/** The text of several aggregators; refuses an empty list. */
export function encodeAggregators(aggregators: readonly Aggregator[]): string {
  if (aggregators.length === 0) {
    throw new TimeSeriesError('INVALID_INPUT', 'The list of aggregators is empty.');
  }
  return aggregators.map(encodeAggregator).join(',');
}

/** The text of a bucket's width; refuses 0. */
export function encodeBucket(bucketMs: number): string {
  if (bucketMs === 0) throw new TimeSeriesError('INVALID_INPUT', 'A bucket must be wider than 0 ms.');
  return encodeDuration('bucketMs', bucketMs);
}
