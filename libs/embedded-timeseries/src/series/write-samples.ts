import { compactAppended, compactDeleted, type SeriesAccess } from './compaction.js';
import { type CompactionRule } from './compaction-rule.js';
import { type DuplicatePolicy, mergeDuplicate } from './duplicate-policy.js';
import { type Series } from './series.js';

/** What became of a sample: stored (perhaps merged), or left out as equal enough to the newest one. */
export type AddOutcome = 'stored' | 'ignored' | 'older-than-retention' | 'refused-duplicate';

/** Adds a sample to a series and takes it through the rules, one out of order when `access.deferred` is settled. */
export function addSample(
  access: SeriesAccess,
  series: Series,
  timestamp: number,
  value: number,
  policy: DuplicatePolicy = series.options.duplicatePolicy,
): AddOutcome {
  const { retentionMs } = series.options;
  if (retentionMs > 0 && series.lastTimestamp - timestamp > retentionMs) return 'older-than-retention';
  if (isIgnored(series, timestamp, value, policy)) return 'ignored';
  if (series.totalSamples > 0 && timestamp <= series.lastTimestamp) {
    if (!upsertSample(access, series, timestamp, value, policy)) return 'refused-duplicate';
  } else {
    access.deferred.beforeAppend(access, series, timestamp);
    appendSample(access, series, timestamp, value);
    compactAppended(access, series, timestamp, value);
  }
  return 'stored';
}

/** `IGNORE`: with the policy LAST, a sample that is close to the newest one in time and value is left out. */
function isIgnored(series: Series, timestamp: number, value: number, policy: DuplicatePolicy): boolean {
  const { lastTimestamp, lastValue, options } = series;
  return (
    policy === 'last' &&
    series.totalSamples > 0 &&
    timestamp >= lastTimestamp &&
    timestamp - lastTimestamp <= options.ignoreMaxTimeDiffMs &&
    Math.abs(value - lastValue) <= options.ignoreMaxValueDiff
  );
}

function appendSample(access: SeriesAccess, series: Series, timestamp: number, value: number): void {
  if (series.samples.seal() && series.options.retentionMs > 0) {
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

function upsertSample(
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
  access.deferred.add(access, series, timestamp);
  return true;
}

/** Deletes the samples between two timestamps, both included, and computes the compactions anew; answers how many. */
export function deleteSamples(access: SeriesAccess, series: Series, from: number, to: number): number {
  const deleted = series.samples.deleteRange(from, to);
  series.totalSamples -= deleted;
  const { lastTimestamp } = series;
  if (from <= lastTimestamp && to >= lastTimestamp) {
    const newest = series.samples.last();
    series.lastTimestamp = newest?.timestamp ?? 0;
    series.lastValue = newest?.value ?? 0;
  }
  access.touched(series);
  compactDeleted(access, series, { from, to }, lastTimestamp);
  return deleted;
}

/** Stores the value of a closed bucket. */
export function appendCompacted(access: SeriesAccess, target: Series, bucket: number, value: number): void {
  addSample(access, target, bucket, value, 'last');
}

/** Stores the value of a bucket that was computed anew. Leaves the newest timestamp of the compaction as it is. */
export function upsertCompacted(
  access: SeriesAccess,
  rule: CompactionRule,
  bucket: number,
  value: number,
): void {
  const target = access.find(rule.targetKey);
  if (target === undefined) return;
  if (target.totalSamples === 0) appendSample(access, target, bucket, value);
  else upsertSample(access, target, bucket, value, 'last');
}

/** Deletes the values of buckets whose samples were all deleted. */
export function deleteCompacted(access: SeriesAccess, rule: CompactionRule, from: number, to: number): void {
  const target = access.find(rule.targetKey);
  if (target !== undefined) deleteSamples(access, target, from, to);
}
