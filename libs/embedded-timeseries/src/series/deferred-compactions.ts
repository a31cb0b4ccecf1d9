import { dependsOnNeighbours } from './aggregators/create-aggregator.js';
import { bucketStart } from './bucket.js';
import { compactUpserted } from './compaction.js';
import { type SeriesAccess } from './series-access.js';
import { type Series } from './series.js';

/** Samples of a series whose buckets are to be computed anew. */
interface Deferred {
  readonly timestamps: Set<number>;
  oldest: number;
}

/**
 * Samples out of order whose buckets are still to be computed anew. A bucket costs a pass over its samples, so that a
 * command that stores many of them waits with it until the last: nothing else sees the difference, since all is settled
 * before any other command looks, before a bucket closes, and before samples expire.
 */
export class DeferredCompactions {
  readonly #deferred = new Map<Series, Deferred>();

  /** A sample was stored out of order, or changed. */
  add(access: SeriesAccess, series: Series, timestamp: number): void {
    if (series.rules.length === 0) return;
    if (series.rules.some(({ aggregatorName }) => dependsOnNeighbours(aggregatorName))) {
      // Its buckets depend on the samples around them, as these are at that moment.
      compactUpserted(access, series, new Set([timestamp]));
      return;
    }
    const known = this.#deferred.get(series);
    if (known === undefined) {
      this.#deferred.set(series, { timestamps: new Set([timestamp]), oldest: timestamp });
      return;
    }
    known.timestamps.add(timestamp);
    known.oldest = Math.min(known.oldest, timestamp);
  }

  /** Must be called before a sample is appended. */
  beforeAppend(access: SeriesAccess, series: Series, timestamp: number): void {
    const deferred = this.#deferred.get(series);
    if (deferred === undefined) return;
    const closesBucket = series.rules.some(
      ({ bucketMs, alignment }, position) =>
        bucketStart(timestamp, bucketMs, alignment) > (series.openBuckets.startOf(position) ?? -Infinity),
    );
    if (
      closesBucket ||
      series.samples.head.length >= series.samples.headCapacity ||
      expiresAny(series, deferred, timestamp)
    )
      this.#settle(access, series, deferred);
  }

  settleAll(access: SeriesAccess): void {
    for (const [series, deferred] of this.#deferred) this.#settle(access, series, deferred);
  }

  /** Forgets all, for the samples are gone. */
  clear(): void {
    this.#deferred.clear();
  }

  #settle(access: SeriesAccess, series: Series, { timestamps }: Deferred): void {
    this.#deferred.delete(series);
    compactUpserted(access, series, timestamps);
  }
}

/** Whether a sample of a bucket that is to be computed anew may be out of retention once that one is stored. */
function expiresAny(series: Series, { oldest }: Deferred, timestamp: number): boolean {
  const { retentionMs } = series.settings;
  if (retentionMs === 0) return false;
  const widest = Math.max(...series.rules.map(({ bucketMs }) => bucketMs));
  return timestamp - retentionMs > oldest - widest;
}
