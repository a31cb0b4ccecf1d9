import type { Spread } from '../spread.js';

/** One bar of a plot, with the range that the figure was seen in. */
export interface Bar {
  readonly name: string;
  readonly spread: Spread;
}

/** Bars that are compared with one another. */
export interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly bars: readonly Bar[];
  /** Of the axis; where figures lie orders of magnitude apart, their logarithms are drawn. */
  readonly scale?: 'linear' | 'logarithmic';
}

/** What one part of the benchmarks has found. */
export interface Section {
  readonly title: string;
  /** How it was measured, and what falls short. */
  readonly notes: readonly string[];
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly plots: readonly Plot[];
  /** All figures, for the JSON file. */
  readonly data: unknown;
}
