import { SortedWindow } from '../robust/sorted-window.js';

/** Intervals whose median is the usual one. */
const INTERVALS = 15;

/** A silence this many times the usual interval is a gap. */
const GAP_FACTOR = 10;

/** Tells a gap in a series from its usual intervals, or from a bound. */
export class SamplingGaps {
  readonly #maxGapMs: number | undefined;
  readonly #intervals = new SortedWindow(INTERVALS);
  #newest = -Infinity;

  /** @param maxGapMs the longest interval that is no gap; undefined: ten times the median of the last 15 */
  constructor(maxGapMs: number | undefined) {
    this.#maxGapMs = maxGapMs;
  }

  isLate(timestamp: number): boolean {
    return !(timestamp > this.#newest);
  }

  /** Notes a timestamp that is not late; true if there is a gap before it. */
  moveOnTo(timestamp: number): boolean {
    const interval = timestamp - this.#newest;
    this.#newest = timestamp;
    if (interval === Infinity) return false;
    const longest = this.#maxGapMs ?? GAP_FACTOR * this.#intervals.median();
    this.#intervals.push(interval);
    return interval > longest;
  }
}
