import { type AggregatorName } from './aggregator-name.js';
import { type SampleQuery } from './sample-query.js';

export type BucketTimestamp = 'start' | 'mid' | 'end';

/** Samples of a query, aggregated in buckets of equal duration. */
export interface AggregationQuery extends SampleQuery {
  aggregators: readonly AggregatorName[];
  bucketMs: number;
  /** Buckets start at this timestamp plus multiples of their duration. */
  alignment: number;
  /** Buckets without samples are reported too, between buckets that have some. */
  empty: boolean;
  bucketTimestamp: BucketTimestamp;
}

/** Takes a bucket's timestamp and one value per aggregator; answers false when it wants no more. */
export type BucketVisitor = (timestamp: number, values: readonly number[]) => boolean;
