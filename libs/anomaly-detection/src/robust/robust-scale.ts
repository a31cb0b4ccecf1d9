import { type SortedWindow } from './sorted-window.js';

/**
 * Factor that makes the MAD an estimate of the standard deviation of normally distributed values: 1 / Φ⁻¹(3/4).
 *
 * Source: F. R. Hampel, "The influence curve and its role in robust estimation", Journal of the American
 * Statistical Association 69 (1974), 383–393.
 */
export const MAD_TO_STANDARD_DEVIATION = 1.4826;

/**
 * The same for the mean absolute deviation: √(π/2).
 *
 * Source: the modified z-score of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers" (1993),
 * which takes it where the MAD is 0.
 */
export const MEAN_DEVIATION_TO_STANDARD_DEVIATION = 1.2533;

/** Share of the level below which a difference can be a rounding error of the arithmetic that made the values. */
const ROUNDING_SHARE = 1e-9;

/**
 * Robust estimate of the standard deviation of the values in a window: 1.4826 × MAD, and never below a floor.
 *
 * The MAD is 0 as soon as more than half of the values are equal, and then every other value would be infinitely
 * far away. So:
 * - where it is 0, the mean absolute deviation × 1.2533 takes its place, which is 0 only if all are equal;
 * - values rounded to a resolution tell their MAD to half a step, so the estimate is at least 1.4826 × half a step;
 * - it is at least 1e-9 of the level, where differences are rounding errors, and above 0.
 *
 * @param level what the values are compared with, for the last of these bounds
 * @param resolution step between neighbouring values, 0 if they are not rounded
 */
export function robustScale(window: SortedWindow, level: number, resolution: number): number {
  const mad = window.medianAbsoluteDeviation();
  const spread =
    mad > 0
      ? MAD_TO_STANDARD_DEVIATION * mad
      : MEAN_DEVIATION_TO_STANDARD_DEVIATION * window.meanAbsoluteDeviation();
  const floor = Math.max(
    (MAD_TO_STANDARD_DEVIATION * resolution) / 2,
    ROUNDING_SHARE * Math.abs(level),
    Number.MIN_VALUE,
  );
  return Math.min(Math.max(spread, floor), Number.MAX_VALUE);
}

/** The nearest finite double: differences and products of large values can leave the range of doubles. */
export function finite(value: number): number {
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}
