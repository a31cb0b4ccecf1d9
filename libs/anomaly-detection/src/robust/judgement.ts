import { finite } from './robust-scale.js';

/** Where a value was expected, and how far from there it is. */
export interface Judgement {
  /** Whether the value is outside of the expected range. */
  readonly anomalous: boolean;
  /** Distance from the expected value in robust standard deviations; finite, at least 0. */
  readonly score: number;
  /** The range in which values are not anomalous, both ends included. */
  readonly expected: { readonly min: number; readonly max: number };
}

/** Judges a value against a centre and a scale: anomalous is what is more than `threshold` scales away. */
export function judge(value: number, centre: number, scale: number, threshold: number): Judgement {
  const min = finite(centre - threshold * scale);
  const max = finite(centre + threshold * scale);
  return {
    anomalous: value < min || value > max,
    score: distance(value, centre, scale),
    expected: { min, max },
  };
}

/** |value - centre| / scale, also where the difference is past the largest double. */
function distance(value: number, centre: number, scale: number): number {
  const difference = Math.abs(value - centre);
  return finite(
    Number.isFinite(difference) ? difference / scale : Math.abs(value / 2 - centre / 2) / (scale / 2),
  );
}
