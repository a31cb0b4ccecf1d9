import { compactAppended, compactDeleted } from './compaction.js';
import { type DeferredCompactions } from './deferred-compactions.js';
import { type DuplicatePolicy } from './duplicate-policy.js';
import { type SeriesAccess } from './series-access.js';
import { type Series } from './series.js';
import { appendSample, placeOf, removeSamples, upsertSample } from './store-sample.js';

/** What became of a sample: stored (perhaps merged), or left out as equal enough to the newest one. */
export type AddOutcome = 'stored' | 'ignored' | 'older-than-retention' | 'refused-duplicate';

export interface SeriesWriteAccess extends SeriesAccess {
  readonly deferred: DeferredCompactions;
}

/** Adds a sample to a series and takes it through the rules, one out of order when `access.deferred` is settled. */
export function addSample(
  access: SeriesWriteAccess,
  series: Series,
  timestamp: number,
  value: number,
  policy: DuplicatePolicy = series.settings.duplicatePolicy,
): AddOutcome {
  const place = placeOf(series, timestamp, value, policy);
  if (place === 'ignored' || place === 'older-than-retention') return place;
  if (place === 'upsert') {
    if (!upsertSample(access, series, timestamp, value, policy)) return 'refused-duplicate';
    access.deferred.add(access, series, timestamp);
  } else {
    access.deferred.beforeAppend(access, series, timestamp);
    appendSample(access, series, timestamp, value);
    compactAppended(access, series, timestamp, value);
  }
  return 'stored';
}

/** Deletes the samples between two timestamps, both included, and computes the compactions anew; answers how many. */
export function deleteSamples(access: SeriesAccess, series: Series, from: number, to: number): number {
  const { lastTimestamp } = series;
  const deleted = removeSamples(access, series, from, to);
  compactDeleted(access, series, { from, to }, lastTimestamp);
  return deleted;
}
