import { type Aggregator, encodeAggregator, encodeBucket } from '../aggregation.js';
import { type Command } from '../command.js';
import { encodeTimestamp, type Timestamp } from '../sample.js';
import { decodeOk } from './create.js';

/** Options of {@link tsCreateRule}. */
export interface RuleOptions {
  aggregator: Aggregator;
  /** Width of a bucket in ms. */
  bucketMs: number;
  /** A timestamp at which a bucket starts; the epoch without it. From RedisTimeSeries 1.8. */
  alignTimestamp?: Timestamp | undefined;
}

/** `TS.CREATERULE`: from now on each closed bucket of `source` becomes a sample of `destination`. */
export function tsCreateRule(source: string, destination: string, options: RuleOptions): Command<void> {
  const { aggregator, bucketMs, alignTimestamp } = options;
  const align = alignTimestamp === undefined ? [] : [encodeTimestamp(alignTimestamp)];
  return {
    name: 'TS.CREATERULE',
    args: [
      source,
      destination,
      'AGGREGATION',
      encodeAggregator(aggregator),
      encodeBucket(bucketMs),
      ...align,
    ],
    keys: [source, destination],
    decode: decodeOk,
  };
}

/** `TS.DELETERULE`: ends a compaction; its samples stay. */
export function tsDeleteRule(source: string, destination: string): Command<void> {
  return {
    name: 'TS.DELETERULE',
    args: [source, destination],
    keys: [source, destination],
    decode: decodeOk,
  };
}
