/** An array that holds anything has room for as many samples. */
const MIN_CAPACITY = 8;
const BYTES_PER_SAMPLE = 16;

/**
 * Samples in ascending order of their timestamps. Timestamps and values take turns in one plain array: of tens of
 * thousands of series most hold few samples, and typed arrays would take more memory than what is in them.
 */
export class SampleColumn {
  #numbers: number[];

  /** @param numbers timestamp, value, timestamp, …; the column's own from then on */
  constructor(numbers: number[] = []) {
    this.#numbers = numbers;
  }

  get length(): number {
    return this.#numbers.length / 2;
  }

  /** Bytes held in memory, about. */
  get byteLength(): number {
    return this.length === 0 ? 0 : Math.max(MIN_CAPACITY, this.length) * BYTES_PER_SAMPLE;
  }

  timestampAt(index: number): number {
    return this.#numbers[2 * index] ?? NaN;
  }

  valueAt(index: number): number {
    return this.#numbers[2 * index + 1] ?? NaN;
  }

  setValue(index: number, value: number): void {
    this.#numbers[2 * index + 1] = value;
  }

  /** Index of the first sample at or after the timestamp; `length` when there is none. */
  indexFrom(timestamp: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestampAt(middle) < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts a sample at an index, which must keep the order. */
  insertAt(index: number, timestamp: number, value: number): void {
    if (index === this.length) this.#numbers.push(timestamp, value);
    else this.#numbers.splice(2 * index, 0, timestamp, value);
  }

  /** Removes the samples of the indexes from `from` up to, not including, `to`. */
  removeBetween(from: number, to: number): void {
    this.#numbers.splice(2 * from, 2 * (to - from));
  }

  /** Appends the samples of another column, all of them newer. */
  append(other: SampleColumn): void {
    for (const number of other.#numbers) this.#numbers.push(number);
  }

  slice(from: number, to: number): SampleColumn {
    return new SampleColumn(this.#numbers.slice(2 * from, 2 * to));
  }

  /** Writes all timestamps, then all values. */
  copyTo(target: Float64Array, offset: number): void {
    const { length } = this;
    for (let index = 0; index < length; index++) {
      target[offset + index] = this.timestampAt(index);
      target[offset + length + index] = this.valueAt(index);
    }
  }

  /** Writes the samples of the indexes from `from` up to, not including, `to` into two columns. */
  copyBetween(from: number, to: number, timestamps: Float64Array, values: Float64Array, at: number): void {
    const numbers = this.#numbers;
    for (let index = from; index < to; index++) {
      timestamps[at + index - from] = numbers[2 * index] ?? NaN;
      values[at + index - from] = numbers[2 * index + 1] ?? NaN;
    }
  }

  clear(): void {
    this.#numbers = [];
  }
}
