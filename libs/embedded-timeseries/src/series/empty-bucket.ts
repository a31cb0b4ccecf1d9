import { type Sample } from './sample-store.js';

/**
 * Time-weighted average of a bucket without samples: the middle of the line between its neighbours; where it has them
 * on one side only, their value as long as the bucket is nearer than half of their distance; else NaN. Samples are
 * the nearest two on each side, nearest first.
 */
export function interpolateEmptyBucket(
  bucket: { start: number; end: number },
  { before, after }: { before: readonly Sample[]; after: readonly Sample[] },
): number {
  const [older, oldest] = before;
  const [newer, newest] = after;
  if (older && newer) {
    const slope = newer.value - older.value;
    const duration = newer.timestamp - older.timestamp;
    const atStart = older.value + ((bucket.start - older.timestamp) * slope) / duration;
    const atEnd = older.value + ((bucket.end - older.timestamp) * slope) / duration;
    return (atStart + atEnd) / 2;
  }
  if (newer && newest) {
    const reach = Math.floor((newest.timestamp - newer.timestamp) / 2);
    return bucket.end + reach > newer.timestamp ? newer.value : NaN;
  }
  if (older && oldest) {
    const reach = Math.floor((older.timestamp - oldest.timestamp) / 2);
    return older.timestamp + reach > bucket.start ? older.value : NaN;
  }
  return NaN;
}
