import { type Sample, type SampleRun } from './sample-store.js';
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

/** Whether a query takes every stored sample between its bounds, and nothing else. */
export function isWhole({ filter, latest }: SampleQuery): boolean {
  return filter.timestamps === undefined && filter.values === undefined && latest === undefined;
}

/**
 * Where the samples of such a query are, up to `count` of them, in the query's direction.
 *
 * @param take is called with the number of each run before the next is looked for
 */
export function runsOf(
  series: Series,
  { from, to, reverse }: SampleQuery,
  count: number,
  take: (rows: number) => void,
): SampleRun[] {
  const runs: SampleRun[] = [];
  let missing = count;
  const oldest = Math.max(from, series.oldestValidTimestamp);
  for (const run of series.samples.runs(oldest, to, reverse)) {
    const rows = Math.min(missing, run.to - run.from);
    take(rows);
    runs.push(reverse ? { ...run, from: run.to - rows } : { ...run, to: run.from + rows });
    missing -= rows;
    if (missing === 0) break;
  }
  return runs;
}

/** The samples of runs as two columns. */
export function joinRuns(
  runs: readonly SampleRun[],
  reverse: boolean,
): [timestamps: Float64Array, values: Float64Array] {
  const length = runs.reduce((sum, run) => sum + run.to - run.from, 0);
  const timestamps = new Float64Array(length);
  const values = new Float64Array(length);
  let at = 0;
  for (const { samples, from, to } of runs) {
    const end = at + to - from;
    samples.copyBetween(from, to, timestamps, values, at);
    if (reverse) {
      timestamps.subarray(at, end).reverse();
      values.subarray(at, end).reverse();
    }
    at = end;
  }
  return [timestamps, values];
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
