/** Median with the least and the greatest of some figures. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** @throws RangeError when there are no figures */
export function spreadOf(figures: readonly number[]): Spread {
  if (figures.length === 0) throw new RangeError('there are no figures to take a median of');
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const low = sorted[Math.floor(middle)] ?? Number.NaN;
  const high = sorted[Math.ceil(middle)] ?? Number.NaN;
  return { median: (low + high) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** `1.23 (1.10 to 1.31)` with the given number of decimals. */
export function formatSpread({ median, min, max }: Spread, decimals: number): string {
  return `${median.toFixed(decimals)} (${min.toFixed(decimals)} to ${max.toFixed(decimals)})`;
}
