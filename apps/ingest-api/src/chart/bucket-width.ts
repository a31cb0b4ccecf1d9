const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Widths that divide an hour or a day, so that the store can use its compactions of a minute and an hour. */
const WIDTHS_MS = [
  ...[5_000, 10_000, 15_000, 30_000],
  ...[1, 2, 3, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12, 24].map((hours) => hours * HOUR_MS),
] as const;

/**
 * Width of the buckets in which a range is shown with at most `points` points, in ms; undefined where the values as they
 * are stored, one every `stepMs`, are no more than that.
 */
export function bucketWidthMs(rangeMs: number, points: number, stepMs: number): number | undefined {
  if (rangeMs / stepMs <= points) return undefined;
  const fitting = WIDTHS_MS.find((width) => width > stepMs && rangeMs / width <= points);
  return fitting ?? Math.ceil(rangeMs / points / (24 * HOUR_MS)) * 24 * HOUR_MS;
}
