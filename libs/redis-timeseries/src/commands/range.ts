import { type Aggregation, encodeAggregation, type MultiAggregation } from '../aggregation.js';
import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import {
  decodeRows,
  decodeSamples,
  encodeTimestamp,
  encodeValue,
  type Sample,
  type SampleRow,
  type Timestamp,
} from '../sample.js';

/** First or last timestamp of a range, inclusive: a timestamp, or the `earliest` or `latest` sample. */
export type RangeBound = Timestamp | 'earliest' | 'latest';

/** What a range command takes of each series. */
export interface SampleSelection {
  /** For a compaction: also its last, still open bucket. */
  latest?: boolean | undefined;
  /** Only samples at these timestamps, at most 128. */
  filterByTimestamps?: readonly Timestamp[] | undefined;
  /** Only samples whose value is in this range, bounds included. */
  filterByValue?: { min: number; max: number } | undefined;
  /** Most samples (or buckets) of a series. */
  count?: number | undefined;
}

/** Options shared by the range commands. */
export interface RangeOptions extends SampleSelection {
  aggregation?: Aggregation | undefined;
}

/** Options of a range whose buckets have several values. */
export interface RowRangeOptions extends SampleSelection {
  aggregation: MultiAggregation;
}

/** `TS.RANGE`: samples of one series, oldest first; with several aggregators rows of one value for each. */
export function tsRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RowRangeOptions,
): Command<SampleRow[]>;
export function tsRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options?: RangeOptions,
): Command<Sample[]>;
export function tsRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions | RowRangeOptions = {},
): Command<Sample[] | SampleRow[]> {
  return rangeOf('TS.RANGE', key, from, to, options);
}

/** `TS.REVRANGE`: samples of one series, newest first; with several aggregators rows of one value for each. */
export function tsRevRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RowRangeOptions,
): Command<SampleRow[]>;
export function tsRevRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options?: RangeOptions,
): Command<Sample[]>;
export function tsRevRange(
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions | RowRangeOptions = {},
): Command<Sample[] | SampleRow[]> {
  return rangeOf('TS.REVRANGE', key, from, to, options);
}

function rangeOf(
  name: string,
  key: string,
  from: RangeBound,
  to: RangeBound,
  options: RangeOptions | RowRangeOptions,
): Command<Sample[] | SampleRow[]> {
  return {
    name,
    args: [
      key,
      encodeBound(from),
      encodeBound(to),
      ...encodeRangeFilters(options),
      ...encodeCount(options),
      ...encodeAggregation(options.aggregation),
    ],
    keys: [key],
    decode: hasRows(options) ? decodeRows : decodeSamples,
  };
}

/** Whether a range was asked for several values of each bucket. */
export function hasRows(options: RangeOptions | RowRangeOptions): options is RowRangeOptions {
  return options.aggregation !== undefined && 'aggregators' in options.aggregation;
}

/** The text of a bound. */
export function encodeBound(bound: RangeBound): string {
  if (bound === 'earliest') return '-';
  if (bound === 'latest') return '+';
  return encodeTimestamp(bound);
}

/** The options that choose samples; they stand before labels and count. */
export function encodeRangeFilters(options: SampleSelection): string[] {
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

/** The option that bounds a reply; it stands behind the labels. */
export function encodeCount({ count }: SampleSelection): string[] {
  if (count === undefined) return [];
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new TimeSeriesError('INVALID_INPUT', `count ${count} is not a positive integer.`);
  }
  return ['COUNT', count.toString()];
}
