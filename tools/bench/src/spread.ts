/** Median with the least and the greatest of some figures. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @throws RangeError when there are no figures */
export function spreadOf(figures: readonly number[]): Spread {
  return { median: quantile(figures, 0.5), min: quantile(figures, 0), max: quantile(figures, 1) };
}

/**
 * The figure below which the given part of the figures lies, between two of them by linear interpolation (type 7 of
 * Hyndman and Fan, the default of R and NumPy).
 *
 * @throws RangeError when there are no figures
 */
export function quantile(figures: readonly number[], part: number): number {
  if (figures.length === 0) throw new RangeError('there are no figures to take a quantile of');
  const sorted = figures.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  const high = sorted[Math.ceil(place)] ?? Number.NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** `1.23 (1.10 to 1.31)` with the given number of decimals. */
export function formatSpread({ median, min, max }: Spread, decimals: number): string {
  return `${median.toFixed(decimals)} (${min.toFixed(decimals)} to ${max.toFixed(decimals)})`;
}
