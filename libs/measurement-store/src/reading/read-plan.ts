import { type Aggregate } from '../measurement-query.js';
import {
  type CompactionAggregate,
  compactionRetentionMs,
  type Resolution,
  RESOLUTION_MS,
} from '../series/compaction.js';
import { type Series } from '../series/series.js';
import { type CheckedQuery } from './checked-query.js';

/** What the values of a segment come from. */
export type SegmentSource =
  | { readonly kind: 'raw' }
  /** One compaction, aggregated once more. */
  | {
      readonly kind: 'compaction';
      readonly resolution: Resolution;
      readonly compaction: CompactionAggregate;
      readonly aggregate: 'avg' | 'min' | 'max' | 'sum';
    }
  /** Sums divided by counts: the exact average over several buckets of a compaction. */
  | { readonly kind: 'sum-over-count'; readonly resolution: Resolution };

/** A part of the range, both ends included, that is read from one source. */
export interface Segment {
  readonly source: SegmentSource;
  readonly from: number;
  readonly to: number;
  /** With the compaction's last, still open bucket. */
  readonly latest?: true;
}

/** What a plan depends on besides the query. */
export interface SeriesState {
  /** Newest raw timestamp. */
  readonly newest: number;
  /** Retention of raw values in ms; 0 for ever. */
  readonly retentionMs: number;
}

/** Ranges up to this long are read from raw values: at one in 5 s, 4,320 of them. */
const SHORT_RANGE_MS = 6 * RESOLUTION_MS['1h'];

/**
 * Splits a range, oldest first, so that every value is right and few raw values are read:
 *
 * - Buckets of whole minutes or hours over a long range come from the compaction, save the first and the last bucket of
 *   the range, which it may cover in part, and the newest, which is still open; those come from raw values.
 * - Where raw values have expired, their compactions take their place: in buckets as far as the aggregate can be had
 *   from them, without buckets as averages of a minute (or an hour, where the minutes have expired as well). Of a
 *   sensor, whose sums and counts are not kept, the average over several such buckets is the mean of their averages.
 */
export function planRead(series: Series, query: CheckedQuery, state: SeriesState): Segment[] {
  const from = query.from ?? 0;
  const to = Math.min(query.to ?? state.newest, state.newest);
  if (from > to) return [];
  const segments =
    query.buckets === undefined
      ? planValues(series, from, to, state)
      : planBuckets(series, { from, to, query, buckets: query.buckets, state });
  return segments.filter((segment) => segment.from <= segment.to);
}

/** True where the newest raw values alone may not be the answer. */
export function needsPlan(query: CheckedQuery): boolean {
  return query.from !== undefined || query.buckets !== undefined;
}

function planValues(
  series: Series,
  from: number,
  to: number,
  { newest, retentionMs }: SeriesState,
): Segment[] {
  const raw: SegmentSource = { kind: 'raw' };
  if (retentionMs === 0 || series.compactions.length === 0) return [{ source: raw, from, to }];
  // A minute that lost only some of its raw values counts as expired as a whole, so that nothing is told twice; only
  // the newest minute, which no compaction has yet, is always raw.
  const minuteMs = RESOLUTION_MS['1m'];
  const rawFrom = Math.min(ceilTo(newest - retentionMs, minuteMs), floorTo(newest, minuteMs));
  const minutesFrom = ceilTo(newest - compactionRetentionMs('1m', retentionMs), RESOLUTION_MS['1h']);
  return [
    { source: averages('1h'), from, to: Math.min(to, minutesFrom - 1) },
    { source: averages('1m'), from: Math.max(from, minutesFrom), to: Math.min(to, rawFrom - 1) },
    { source: raw, from: Math.max(from, rawFrom), to },
  ];
}

function averages(resolution: Resolution): SegmentSource {
  return { kind: 'compaction', resolution, compaction: 'avg', aggregate: 'avg' };
}

interface BucketRange {
  from: number;
  to: number;
  query: CheckedQuery;
  buckets: NonNullable<CheckedQuery['buckets']>;
  state: SeriesState;
}

function planBuckets(series: Series, { from, to, query, buckets, state }: BucketRange): Segment[] {
  const { widthMs, aggregate } = buckets;
  const raw: SegmentSource = { kind: 'raw' };
  const resolution = (['1h', '1m'] as const).find((each) => widthMs % RESOLUTION_MS[each] === 0);
  const choice = resolution && chooseSource(series, resolution, widthMs, aggregate);
  if (choice === undefined || resolution === undefined) return [{ source: raw, from, to }];
  const rawFrom = state.retentionMs === 0 ? 0 : Math.max(0, state.newest - state.retentionMs);
  const spanMs = query.from === undefined ? query.limit * widthMs : to - from;
  if (from >= rawFrom && spanMs <= SHORT_RANGE_MS) return [{ source: raw, from, to }];
  // With expired raw values, the first bucket can only be had as far as the compaction's own buckets lie in the range.
  const first = from < rawFrom ? ceilTo(from, RESOLUTION_MS[resolution]) : ceilTo(from, widthMs);
  const closed = Math.min(floorTo(to + 1, widthMs), floorTo(state.newest, widthMs));
  // Raw values that do not even reach back to the newest bucket's start leave it to the compaction as well.
  if (closed < rawFrom) return [{ source: choice.source, from: first, to, latest: true }];
  const last = choice.exact ? closed : Math.min(closed, ceilTo(rawFrom, widthMs));
  if (first >= last) return [{ source: raw, from, to }];
  return [
    { source: raw, from: Math.max(from, rawFrom), to: from < rawFrom ? -1 : first - 1 },
    { source: choice.source, from: first, to: last - 1 },
    { source: raw, from: last, to },
  ];
}

interface Choice {
  source: SegmentSource;
  /** Its values are those that raw values would give. */
  exact: boolean;
}

function chooseSource(
  series: Series,
  resolution: Resolution,
  widthMs: number,
  aggregate: Aggregate,
): Choice | undefined {
  const has = (wanted: CompactionAggregate): boolean =>
    series.compactions.some((each) => each.resolution === resolution && each.aggregate === wanted);
  const from = (
    compaction: CompactionAggregate,
    again: 'avg' | 'min' | 'max' | 'sum',
    exact = true,
  ): Choice => ({
    source: { kind: 'compaction', resolution, compaction, aggregate: again },
    exact,
  });
  switch (aggregate) {
    case 'min':
    case 'max':
      return has(aggregate) ? from(aggregate, aggregate) : undefined;
    case 'sum':
    case 'count':
      return has(aggregate) ? from(aggregate, 'sum') : undefined;
    case 'avg':
      if (!has('avg')) return undefined;
      if (widthMs === RESOLUTION_MS[resolution]) return from('avg', 'avg');
      return has('sum') && has('count')
        ? { source: { kind: 'sum-over-count', resolution }, exact: true }
        : from('avg', 'avg', false);
    case 'first':
    case 'last':
      return undefined;
  }
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function ceilTo(value: number, step: number): number {
  return Math.max(0, Math.ceil(value / step) * step);
}
