/** Width of a compaction's buckets. */
export type Resolution = '1m' | '1h';

/** Width of a compaction's buckets in ms. */
export const RESOLUTION_MS: Readonly<Record<Resolution, number>> = { '1m': 60_000, '1h': 3_600_000 };

/** What is kept of a bucket. */
export type CompactionAggregate = 'avg' | 'min' | 'max' | 'sum' | 'count';

/** One compaction of a raw series. */
export interface Compaction {
  readonly resolution: Resolution;
  readonly aggregate: CompactionAggregate;
}

/**
 * The mean is kept with sums and counts, so that averages of several buckets are exact; a sensor, of which there may
 * be tens of thousands, with what its page shows.
 */
export const MEAN_COMPACTIONS = compactionsOf(['avg', 'min', 'max', 'sum', 'count']);
export const SENSOR_COMPACTIONS = compactionsOf(['avg', 'min', 'max']);

function compactionsOf(aggregates: readonly CompactionAggregate[]): readonly Compaction[] {
  return (['1m', '1h'] as const).flatMap((resolution) =>
    aggregates.map((aggregate) => ({ resolution, aggregate })),
  );
}

const DAY_MS = 86_400_000;

/** Shortest time that compactions are kept, however short raw values are. */
const MINIMUM_MS: Readonly<Record<Resolution, number>> = { '1m': 90 * DAY_MS, '1h': 730 * DAY_MS };

/** How many times longer than raw values a compaction is kept. */
const FACTOR: Readonly<Record<Resolution, number>> = { '1m': 6, '1h': 24 };

/** How long a compaction is kept, in ms: 6 (minutes) and 24 times (hours) as long as raw values; 0 keeps all. */
export function compactionRetentionMs(resolution: Resolution, rawRetentionMs: number): number {
  if (rawRetentionMs === 0) return 0;
  return Math.min(
    Number.MAX_SAFE_INTEGER,
    Math.max(MINIMUM_MS[resolution], rawRetentionMs * FACTOR[resolution]),
  );
}
