import { type DuplicatePolicy, mergeDuplicate } from './duplicate-policy.js';
import { type SeriesAccess } from './series-access.js';
import { type Series } from './series.js';

/** Where a sample belongs: behind all others or among them; or why it is left out. */
export type Placement = 'append' | 'upsert' | 'ignored' | 'older-than-retention';

export function placeOf(
  series: Series,
  timestamp: number,
  value: number,
  policy: DuplicatePolicy,
): Placement {
  const { retentionMs } = series.settings;
  if (retentionMs > 0 && series.lastTimestamp - timestamp > retentionMs) return 'older-than-retention';
  if (isIgnored(series, timestamp, value, policy)) return 'ignored';
  return series.totalSamples > 0 && timestamp <= series.lastTimestamp ? 'upsert' : 'append';
}

/** `IGNORE`: with the policy LAST, a sample that is close to the newest one in time and value is left out. */
function isIgnored(series: Series, timestamp: number, value: number, policy: DuplicatePolicy): boolean {
  const { lastTimestamp, lastValue, settings } = series;
  return (
    policy === 'last' &&
    series.totalSamples > 0 &&
    timestamp >= lastTimestamp &&
    timestamp - lastTimestamp <= settings.ignoreMaxTimeDiffMs &&
    Math.abs(value - lastValue) <= settings.ignoreMaxValueDiff
  );
}

/** Adds a sample that is newer than all others. */
export function appendSample(access: SeriesAccess, series: Series, timestamp: number, value: number): void {
  if (series.samples.seal() && series.settings.retentionMs > 0) {
    const before = series.samples.length;
    series.samples.dropChunksBefore(series.oldestValidTimestamp);
    series.totalSamples -= before - series.samples.length;
  }
  // The newest timestamp of a compaction can lag behind its samples: then the timestamp may be taken.
  if (series.samples.upsert(timestamp, value, () => value)?.isNew === true) series.totalSamples++;
  series.lastTimestamp = timestamp;
  series.lastValue = value;
  access.touched(series);
}

/** Adds a sample among the others, or merges it with one of its timestamp; false where the policy refuses that. */
export function upsertSample(
  access: SeriesAccess,
  series: Series,
  timestamp: number,
  value: number,
  policy: DuplicatePolicy,
): boolean {
  const stored = series.samples.upsert(timestamp, value, (kept) => mergeDuplicate(policy, kept, value));
  if (stored === undefined) return false;
  if (stored.isNew) series.totalSamples++;
  if (timestamp === series.lastTimestamp) series.lastValue = stored.value;
  access.touched(series);
  return true;
}

/** Removes the samples between two timestamps, both included; answers how many. */
export function removeSamples(access: SeriesAccess, series: Series, from: number, to: number): number {
  const removed = series.samples.deleteRange(from, to);
  series.totalSamples -= removed;
  const { lastTimestamp } = series;
  if (from <= lastTimestamp && to >= lastTimestamp) {
    const newest = series.samples.last();
    series.lastTimestamp = newest?.timestamp ?? 0;
    series.lastValue = newest?.value ?? 0;
  }
  access.touched(series);
  return removed;
}
