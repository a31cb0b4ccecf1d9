import { type Sample } from './sample-store.js';
import { type Series } from './series.js';

export interface SampleFilter {
  /** Only these timestamps, sorted; undefined: all. */
  timestamps: readonly number[] | undefined;
  /** Only values within these bounds, both included; undefined: all. */
  values: { min: number; max: number } | undefined;
}

export const NO_FILTER: SampleFilter = { timestamps: undefined, values: undefined };

export interface SampleQuery {
  from: number;
  to: number;
  reverse: boolean;
  filter: SampleFilter;
  /** Value of the open bucket of a compaction, taken for its newest sample. */
  latest?: Sample | undefined;
}

/** Calls `visit` for each sample of a query that has not expired, until it answers false. */
export function visitSamples(
  series: Series,
  query: SampleQuery,
  visit: (timestamp: number, value: number) => boolean,
): void {
  const from = Math.max(query.from, series.oldestValidTimestamp);
  const { to, reverse, filter } = query;
  const { latest } = query;
  const usesLatest =
    latest !== undefined && to > series.lastTimestamp && latest.timestamp >= from && latest.timestamp <= to;
  const timestamps = filter.timestamps === undefined ? undefined : new Set(filter.timestamps);
  const offer = (timestamp: number, value: number): boolean => {
    if (timestamps !== undefined && !timestamps.has(timestamp)) return true;
    if (filter.values !== undefined && !(value >= filter.values.min && value <= filter.values.max))
      return true;
    return visit(timestamp, value);
  };
  if (usesLatest && reverse && !offer(latest.timestamp, latest.value)) return;
  for (const { samples, from: first, to: end } of series.samples.runs(from, to, reverse)) {
    for (let step = 0; step < end - first; step++) {
      const index = reverse ? end - 1 - step : first + step;
      if (!offer(samples.timestampAt(index), samples.valueAt(index))) return;
    }
  }
  if (usesLatest && !reverse) offer(latest.timestamp, latest.value);
}

/** Up to `count` samples that are numbers, newer (`from` on) or older (up to `to`), nearest first. */
export function neighbours(
  series: Series,
  side: { from: number } | { to: number },
  filter: SampleFilter,
  count: number,
): Sample[] {
  const found: Sample[] = [];
  const query =
    'from' in side
      ? { from: side.from, to: Infinity, reverse: false, filter }
      : { from: 0, to: side.to, reverse: true, filter };
  if (query.to < query.from) return found;
  visitSamples(series, query, (timestamp, value) => {
    if (!Number.isNaN(value)) found.push({ timestamp, value });
    return found.length < count;
  });
  return found;
}
