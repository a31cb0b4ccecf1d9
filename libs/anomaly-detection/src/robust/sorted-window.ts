// Read once, because looking up globals is slow in VM contexts, where tests run.
const NOT_A_NUMBER = NaN;
const BEYOND = Infinity;
const LARGEST = Number.MAX_VALUE;

/**
 * The last `capacity` numbers, kept both in order of arrival and sorted, so that the median and the deviations
 * from it can be read at any time.
 *
 * Memory is O(capacity) and allocated once. A push finds its place by binary search and moves what lies between
 * in one block; reading the median is O(1), the deviations O(size).
 */
export class SortedWindow {
  readonly capacity: number;
  readonly #arrived: Float64Array;
  readonly #sorted: Float64Array;
  #next = 0;
  #size = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#arrived = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  /** A window that holds these values, none of them NaN, and is full. */
  static of(values: readonly number[]): SortedWindow {
    const window = new SortedWindow(values.length);
    window.#arrived.set(values);
    window.#sorted.set(values);
    window.#sorted.sort();
    window.#size = values.length;
    return window;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a value, which must not be NaN, and drops the oldest one when the window is full. */
  push(value: number): void {
    if (this.#size === this.capacity) {
      this.#replace(this.#at(this.#arrived, this.#next), value);
    } else {
      const place = this.#firstNotBelow(value);
      this.#sorted.copyWithin(place + 1, place, this.#size);
      this.#sorted[place] = value;
      this.#size += 1;
    }
    this.#arrived[this.#next] = value;
    this.#next = (this.#next + 1) % this.capacity;
  }

  clear(): void {
    this.#next = 0;
    this.#size = 0;
  }

  /** The middle value, or the mean of the two middle values; NaN when the window is empty. */
  median(): number {
    if (this.#size === 0) return NOT_A_NUMBER;
    const upper = this.#at(this.#sorted, this.#size >> 1);
    if (this.#size % 2 === 1) return upper;
    return midpoint(this.#at(this.#sorted, (this.#size >> 1) - 1), upper);
  }

  /** Median of the absolute deviations from the median (MAD); NaN when the window is empty. */
  medianAbsoluteDeviation(): number {
    const half = this.#size >> 1;
    const { previous, deviation } = this.#deviationAt(half);
    return this.#size % 2 === 1 ? deviation : midpoint(previous, deviation);
  }

  /**
   * The absolute deviation from the median that at most `share` of the deviations are smaller than, from 0
   * (the smallest) to below 1; NaN when the window is empty.
   */
  absoluteDeviationQuantile(share: number): number {
    return this.#deviationAt(Math.floor(share * this.#size)).deviation;
  }

  /** The deviation at a rank, from 0, in their order by size, and the one before it (0 before the first). */
  #deviationAt(rank: number): { previous: number; deviation: number } {
    if (this.#size === 0) return { previous: NOT_A_NUMBER, deviation: NOT_A_NUMBER };
    const median = this.median();
    // Deviations grow outwards from the median on either side: merging the two sides yields them in order.
    let right = this.#size >> 1;
    let left = right - 1;
    let deviation = 0;
    let previous = 0;
    for (let taken = 0; taken <= rank; taken += 1) {
      previous = deviation;
      const below = left >= 0 ? median - this.#at(this.#sorted, left) : BEYOND;
      const above = right < this.#size ? this.#at(this.#sorted, right) - median : BEYOND;
      if (below < above) {
        deviation = below;
        left -= 1;
      } else {
        deviation = above;
        right += 1;
      }
    }
    return { previous, deviation };
  }

  /** Takes one `old` value out and puts `value` in, moving only what lies between their places. */
  #replace(old: number, value: number): void {
    const from = this.#firstNotBelow(old);
    let to = this.#firstNotBelow(value);
    if (to > from) {
      to -= 1;
      this.#sorted.copyWithin(from, from + 1, to + 1);
    } else {
      this.#sorted.copyWithin(to + 1, to, from);
    }
    this.#sorted[to] = value;
  }

  #firstNotBelow(value: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#at(this.#sorted, middle) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #at(array: Float64Array, index: number): number {
    return array[index] ?? NOT_A_NUMBER;
  }
}

/** Mean of two numbers, also where their sum is past the largest double. */
function midpoint(a: number, b: number): number {
  const middle = (a + b) / 2;
  return middle >= -LARGEST && middle <= LARGEST ? middle : a / 2 + b / 2;
}
