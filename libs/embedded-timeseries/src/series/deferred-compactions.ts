import { bucketStart } from './bucket.js';
import { compactUpserted } from './compaction.js';
import { type SeriesAccess } from './series-access.js';
import { type Series } from './series.js';

/**
 * Samples out of order whose buckets are still to be computed anew. A bucket costs a pass over its samples, so that a
 * command that stores many of them waits with it until the last: nothing else sees the difference, since all is settled
 * before any other command looks, before a bucket closes, and before samples expire.
 */
export class DeferredCompactions {
  readonly #timestamps = new Map<Series, Set<number>>();

  /** A sample was stored out of order, or changed. */
  add(access: SeriesAccess, series: Series, timestamp: number): void {
    if (series.rules.length === 0) return;
    if (series.rules.some(({ aggregator }) => aggregator.edges !== undefined)) {
      // Its buckets depend on the samples around them, as these are at that moment.
      compactUpserted(access, series, new Set([timestamp]));
      return;
    }
    const known = this.#timestamps.get(series);
    if (known === undefined) this.#timestamps.set(series, new Set([timestamp]));
    else known.add(timestamp);
  }

  /** Must be called before a sample is appended. */
  beforeAppend(access: SeriesAccess, series: Series, timestamp: number): void {
    if (!this.#timestamps.has(series)) return;
    const closesBucket = series.rules.some(
      ({ bucketMs, alignment, openBucket }) =>
        openBucket === undefined || bucketStart(timestamp, bucketMs, alignment) > openBucket,
    );
    if (closesBucket || series.samples.head.length >= series.samples.headCapacity)
      this.#settle(access, series);
  }

  settleAll(access: SeriesAccess): void {
    for (const series of this.#timestamps.keys()) this.#settle(access, series);
  }

  /** Forgets all, for the samples are gone. */
  clear(): void {
    this.#timestamps.clear();
  }

  #settle(access: SeriesAccess, series: Series): void {
    const timestamps = this.#timestamps.get(series) ?? new Set();
    this.#timestamps.delete(series);
    compactUpserted(access, series, timestamps);
  }
}
