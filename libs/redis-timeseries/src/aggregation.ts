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

/** Aggregation of a range into buckets. */
export interface Aggregation {
  aggregator: Aggregator;
  /** Width of a bucket in ms, above 0. */
  bucketMs: number;
  /** A timestamp at which a bucket starts; `start` and `end` align to the range's explicit bounds. The epoch without it. */
  align?: Timestamp | 'start' | 'end' | undefined;
  /** `start` without it. */
  bucketTimestamp?: BucketTimestamp | undefined;
  /** Report empty buckets too. */
  empty?: boolean | undefined;
}

/** The arguments of an aggregation inside a range command. */
export function encodeAggregation(aggregation: Aggregation | undefined): string[] {
  if (aggregation === undefined) return [];
  const { aggregator, bucketMs, align, bucketTimestamp, empty } = aggregation;
  const args: string[] = [];
  if (align !== undefined) args.push('ALIGN', typeof align === 'string' ? align : encodeTimestamp(align));
  args.push('AGGREGATION', encodeAggregator(aggregator), encodeBucket(bucketMs));
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

/** The text of a bucket's width; refuses 0. */
export function encodeBucket(bucketMs: number): string {
  if (bucketMs === 0) throw new TimeSeriesError('INVALID_INPUT', 'A bucket must be wider than 0 ms.');
  return encodeDuration('bucketMs', bucketMs);
}
