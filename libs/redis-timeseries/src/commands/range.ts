import { type Aggregation, encodeAggregation } from '../aggregation.js';
import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import { decodeSamples, encodeTimestamp, encodeValue, type Sample, type Timestamp } from '../sample.js';

/** First or last timestamp of a range, inclusive: a timestamp, or the `earliest` or `latest` sample. */
export type RangeBound = Timestamp | 'earliest' | 'latest';

/** Options shared by the range commands. */
export interface RangeOptions {
  /** For a compaction: also its last, still open bucket. */
  latest?: boolean | undefined;
  /** Only samples at these timestamps, at most 128. */
  filterByTimestamps?: readonly Timestamp[] | undefined;
  /** Only samples whose value is in this range, bounds included. */
  filterByValue?: { min: number; max: number } | undefined;
  /** Most samples (or buckets) of a series. */
  count?: number | undefined;
  aggregation?: Aggregation | undefined;
}

/** `TS.RANGE`: samples of one series, oldest first. */
export function tsRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions = {},
): Command<Sample[]> {
  return rangeOf('TS.RANGE', key, from, to, options);
}

/** `TS.REVRANGE`: samples of one series, newest first. */
export function tsRevRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions = {},
): Command<Sample[]> {
  return rangeOf('TS.REVRANGE', key, from, to, options);
}

function rangeOf(
  name: string,
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions,
): Command<Sample[]> {
  return {
    name,
    args: [
      key,
      encodeBound(from),
      encodeBound(to),
      ...encodeRangeFilters(options),
      ...encodeRangeShape(options),
    ],
    keys: [key],
    decode: decodeSamples,
  };
}

/** The text of a bound. */
export function encodeBound(bound: RangeBound): string {
  if (bound === 'earliest') return '-';
  if (bound === 'latest') return '+';
  return encodeTimestamp(bound);
}

/** The options that choose samples; they stand before labels and count. */
export function encodeRangeFilters(options: RangeOptions): string[] {
  const { latest, filterByTimestamps, filterByValue } = options;
  const args: string[] = [];
  if (latest === true) args.push('LATEST');
  if (filterByTimestamps !== undefined) {
    if (filterByTimestamps.length === 0 || filterByTimestamps.length > 128) {
      throw new TimeSeriesError(
        'INVALID_INPUT',
        `filterByTimestamps takes 1 to 128 timestamps, not ${filterByTimestamps.length}.`,
      );
    }
    args.push('FILTER_BY_TS', ...filterByTimestamps.map(encodeTimestamp));
  }
  if (filterByValue !== undefined) {
    args.push('FILTER_BY_VALUE', encodeValue(filterByValue.min), encodeValue(filterByValue.max));
  }
  return args;
}

/** The options that bound and aggregate; they stand behind the labels. */
export function encodeRangeShape(options: RangeOptions): string[] {
  const { count, aggregation } = options;
  const args: string[] = [];
  if (count !== undefined) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new TimeSeriesError('INVALID_INPUT', `count ${count} is not a positive integer.`);
    }
    args.push('COUNT', count.toString());
  }
  return [...args, ...encodeAggregation(aggregation)];
}
