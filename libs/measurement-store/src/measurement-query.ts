/** How the values of one bucket become one value. */
export type Aggregate = 'avg' | 'min' | 'max' | 'count' | 'sum' | 'first' | 'last';

/** Which values of a series to read. */
export interface SeriesQuery {
  /** First timestamp in ms, inclusive. Without it the newest `limit` values (up to `to`) are meant. */
  from?: number | undefined;
  /** Last timestamp in ms, inclusive; the newest without it. */
  to?: number | undefined;
  /** Most values of the answer, 1 to {@link MAX_QUERY_LIMIT}. Read on from the last timestamp + 1. */
  limit: number;
  /** Width of a bucket in ms, aligned to the Unix epoch; a value's timestamp is then the start of its bucket. */
  bucketMs?: number | undefined;
  /** Needs `bucketMs`; `avg` without it. */
  aggregate?: Aggregate | undefined;
}

/** A query of the means of a group. */
export interface MeasurementQuery extends SeriesQuery {
  group: string;
}

/** Most values that one query answers. */
export const MAX_QUERY_LIMIT = 100_000;
