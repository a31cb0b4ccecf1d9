import { type SortedWindow } from './sorted-window.js';

/**
 * Factor that makes the MAD an estimate of the standard deviation of normally distributed values: 1 / Φ⁻¹(3/4).
 *
 * Source: F. R. Hampel, "The influence curve and its role in robust estimation", Journal of the American
 * Statistical Association 69 (1974), 383–393.
 */
export const MAD_TO_STANDARD_DEVIATION = 1.4826;

/**
 * A spread estimated from few values is often too small by chance, so estimates are multiplied by 1 + 6 / values.
 * Chosen by measuring: with it, less than one in 1,000 fresh series gives a false alarm before its window is full, and
 * at most one in 1,000 ticks of a healthy fleet of six sensors or more.
 */
const SMALL_SAMPLE_ALLOWANCE = 6;

// Read once, because looking up globals is slow in VM contexts, where tests run.
const LARGEST = Number.MAX_VALUE;
const SMALLEST = Number.MIN_VALUE;

/** Share of the level below which a difference can be a rounding error of the arithmetic that made the values. */
const ROUNDING_SHARE = 1e-9;

/** Shares of the values for which the quantile of the absolute deviations is known for the normal distribution. */
export type DeviationShare = 0.75 | 0.9;

/** Quantiles of the absolute value of a standard normal variable: Φ⁻¹((1 + share) / 2). */
const NORMAL_QUANTILE: Readonly<Record<DeviationShare, number>> = { 0.75: 1.1503, 0.9: 1.6449 };

/** Standard deviation estimated as 1.4826 × MAD, widened for few values: half of the values can be wild. */
export function scaleFromMad(window: SortedWindow): number {
  return MAD_TO_STANDARD_DEVIATION * window.medianAbsoluteDeviation() * allowance(window);
}

/** The same estimated from a higher quantile of the absolute deviations: fewer values can be wild. */
export function scaleFromQuantile(window: SortedWindow, share: DeviationShare): number {
  return (window.absoluteDeviationQuantile(share) / NORMAL_QUANTILE[share]) * allowance(window);
}

/**
 * What a scale cannot be below, whatever the values: above 0.
 *
 * - Values rounded to a resolution tell their MAD to half a step, so it is 1.4826 × half a step.
 * - It is at least 1e-9 of the level, where differences are rounding errors.
 *
 * @param level what the values are compared with
 * @param resolution step between neighbouring values, 0 if they are not rounded
 */
export function smallestScale(level: number, resolution: number): number {
  const rounding = (MAD_TO_STANDARD_DEVIATION * resolution) / 2;
  return Math.max(rounding, ROUNDING_SHARE * Math.abs(level), SMALLEST);
}

/**
 * Robust estimate of the standard deviation of a series from a window: 1.4826 × MAD, widened for few values.
 *
 * The MAD is 0 as soon as more than half of the values are equal, and then every other value would be infinitely
 * far away. There the 90 % quantile of the absolute deviations / 1.6449 takes its place, and where that is 0 too,
 * because nearly all values are equal, {@link smallestScale}, which also bounds it from below everywhere.
 */
export function robustScale(window: SortedWindow, level: number, resolution: number): number {
  const fromMad = scaleFromMad(window);
  const scale = fromMad > 0 ? fromMad : scaleFromQuantile(window, 0.9);
  return finite(Math.max(scale, smallestScale(level, resolution)));
}

function allowance(window: SortedWindow): number {
  return 1 + SMALL_SAMPLE_ALLOWANCE / window.size;
}

/** The nearest finite double: differences and products of large values can leave the range of doubles. */
export function finite(value: number): number {
  if (value > LARGEST) return LARGEST;
  return value < -LARGEST ? -LARGEST : value;
}
