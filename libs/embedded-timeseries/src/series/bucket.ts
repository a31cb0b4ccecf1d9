/** Start of the bucket that holds a timestamp; negative for the first bucket where the alignment shifts it before 0. */
export function bucketStart(timestamp: number, durationMs: number, alignment: number): number {
  const offset = (timestamp - alignment) % durationMs;
  return timestamp - (offset < 0 ? offset + durationMs : offset);
}

/** A bucket's timestamp is never negative. */
export function clampedBucketStart(timestamp: number, durationMs: number, alignment: number): number {
  return Math.max(0, bucketStart(timestamp, durationMs, alignment));
}
