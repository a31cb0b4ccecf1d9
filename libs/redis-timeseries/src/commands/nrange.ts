import { type Aggregator, type Buckets, encodeAggregators, encodeBuckets } from '../aggregation.js';
import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import { decodeRows, type SampleRow } from '../sample.js';
import {
  encodeBound,
  encodeCount,
  encodeRangeFilters,
  type RangeBound,
  type SampleSelection,
} from './range.js';

/** Aggregation of several series side by side. */
export interface KeyedAggregation extends Buckets {
  /** For each key, in their order: its aggregator, or several. */
  aggregators: readonly (Aggregator | readonly Aggregator[])[];
}

/** Options of {@link tsNRange}; `count` bounds the rows. */
export interface NRangeOptions extends SampleSelection {
  aggregation?: KeyedAggregation | undefined;
}

/**
 * `TS.NRANGE`: samples of named series side by side, oldest first: one row for each timestamp at which any of them has a
 * sample, with the values in the order of the keys (and their aggregators), `NaN` where a series has none. A key without
 * a series fails the command (`KEY_NOT_FOUND`). On a Cluster all keys must be in one slot. Needs RedisTimeSeries 8.10.
 */
export function tsNRange(
  keys: readonly string[],
  from: RangeBound,
  to: RangeBound,
  options: NRangeOptions = {},
): Command<SampleRow[]> {
  return rowsOf('TS.NRANGE', keys, from, to, options);
}

/** `TS.NREVRANGE`: as {@link tsNRange}, newest first. */
export function tsNRevRange(
  keys: readonly string[],
  from: RangeBound,
  to: RangeBound,
  options: NRangeOptions = {},
): Command<SampleRow[]> {
  return rowsOf('TS.NREVRANGE', keys, from, to, options);
}

function rowsOf(
  name: string,
  keys: readonly string[],
  from: RangeBound,
  to: RangeBound,
  options: NRangeOptions,
): Command<SampleRow[]> {
  if (keys.length === 0) throw new TimeSeriesError('INVALID_INPUT', `${name} needs at least one key.`);
  return {
    name,
    args: [
      ...[keys.length.toString(), ...keys, encodeBound(from), encodeBound(to)],
      ...[...encodeRangeFilters(options), ...encodeCount(options)],
      ...encodeKeyedAggregation(options.aggregation, keys.length),
    ],
    keys,
    decode: decodeRows,
  };
}

function encodeKeyedAggregation(aggregation: KeyedAggregation | undefined, keyCount: number): string[] {
  if (aggregation === undefined) return [];
  const { aggregators } = aggregation;
  if (aggregators.length !== keyCount) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `There are aggregators for ${aggregators.length} keys, but ${keyCount} keys.`,
    );
  }
  const texts = aggregators.map((each) => encodeAggregators(typeof each === 'string' ? [each] : each));
  return encodeBuckets(texts, aggregation);
}
