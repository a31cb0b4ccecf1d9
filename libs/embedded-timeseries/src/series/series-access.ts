import { type Series } from './series.js';

/** Finds the targets of rules, and takes note of which series changed. */
export interface SeriesAccess {
  find(key: string): Series | undefined;
  /** The samples of a series, or the open buckets of its rules, changed. */
  touched(series: Series): void;
}
