import { type Measurement } from '@atalaya/contracts';
import { type SeriesQueryFields } from './query-fields.js';

/**
 * The `Link` header (RFC 8288) to the values after a full answer of a query with `from`; undefined where there are
 * none. A query without `from` is for the newest values, after which nothing comes.
 */
export function nextPageLink(
  path: string,
  query: SeriesQueryFields,
  measurements: readonly Measurement[],
): string | undefined {
  const last = measurements.at(-1);
  if (last === undefined || query.from === undefined || measurements.length < query.limit) return undefined;
  const from = last.timestamp + (query.bucketMs ?? 1);
  if (query.to !== undefined && from > query.to) return undefined;
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, from })) {
    if (value !== undefined) next.set(name, String(value));
  }
  return `<${path}?${next.toString()}>; rel="next"`;
}
