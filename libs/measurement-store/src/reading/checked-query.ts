import { InvalidQueryError } from '../errors.js';
import { type Aggregate, MAX_QUERY_LIMIT, type SeriesQuery } from '../measurement-query.js';

/** A query whose numbers are in range. */
export interface CheckedQuery {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
  readonly buckets: { readonly widthMs: number; readonly aggregate: Aggregate } | undefined;
}

/**
 * Checks a query.
 *
 * @throws InvalidQueryError naming the field and what is allowed
 */
export function checkQuery({ from, to, limit, bucketMs, aggregate }: SeriesQuery): CheckedQuery {
  for (const [name, value] of Object.entries({ from, to })) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 0)) {
      throw new InvalidQueryError(`${name} ${value} is not a non-negative integer of ms.`);
    }
  }
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > MAX_QUERY_LIMIT) {
    throw new InvalidQueryError(`limit ${limit} is not an integer from 1 to ${MAX_QUERY_LIMIT}.`);
  }
  if (bucketMs === undefined) {
    if (aggregate === undefined) return { from, to, limit, buckets: undefined };
    throw new InvalidQueryError(`aggregate ${aggregate} needs bucketMs.`);
  }
  if (!Number.isSafeInteger(bucketMs) || bucketMs < 1) {
    throw new InvalidQueryError(`bucketMs ${bucketMs} is not a positive integer of ms.`);
  }
  return { from, to, limit, buckets: { widthMs: bucketMs, aggregate: aggregate ?? 'avg' } };
}
