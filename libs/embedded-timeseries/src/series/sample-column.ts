const MIN_CAPACITY = 8;

/** Shared by all columns without room: most series of a large start are empty, and an array of their own costs each 400 bytes. */
const EMPTY = new Float64Array(0);

/** Samples in ascending order of their timestamps, in two growing columns. */
export class SampleColumn {
  #timestamps: Float64Array;
  #values: Float64Array;
  #length: number;

  constructor(timestamps = EMPTY, values = EMPTY, length = timestamps.length) {
    this.#timestamps = timestamps;
    this.#values = values;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  /** Bytes held in memory. */
  get byteLength(): number {
    return this.#timestamps.byteLength + this.#values.byteLength;
  }

  timestampAt(index: number): number {
    return this.#timestamps[index] ?? NaN;
  }

  valueAt(index: number): number {
    return this.#values[index] ?? NaN;
  }

  setValue(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** Index of the first sample at or after the timestamp; `length` when there is none. */
  indexFrom(timestamp: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timestampAt(middle) < timestamp) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Puts a sample at an index, which must keep the order. */
  insertAt(index: number, timestamp: number, value: number): void {
    if (this.#length === this.#timestamps.length) this.#grow(this.#length + 1);
    if (index < this.#length) {
      this.#timestamps.copyWithin(index + 1, index, this.#length);
      this.#values.copyWithin(index + 1, index, this.#length);
    }
    this.#timestamps[index] = timestamp;
    this.#values[index] = value;
    this.#length++;
  }

  /** Removes the samples of the indexes from `from` up to, not including, `to`. */
  removeBetween(from: number, to: number): void {
    this.#timestamps.copyWithin(from, to, this.#length);
    this.#values.copyWithin(from, to, this.#length);
    this.#length -= to - from;
  }

  /** Appends the samples of another column, all of them newer. */
  append(other: SampleColumn): void {
    const length = this.#length + other.length;
    if (length > this.#timestamps.length) this.#grow(length);
    this.#timestamps.set(other.#timestamps.subarray(0, other.length), this.#length);
    this.#values.set(other.#values.subarray(0, other.length), this.#length);
    this.#length = length;
  }

  slice(from: number, to: number): SampleColumn {
    return new SampleColumn(this.#timestamps.slice(from, to), this.#values.slice(from, to));
  }

  /** Writes all timestamps, then all values. */
  copyTo(target: Float64Array, offset: number): void {
    if (this.#length === 0) return;
    target.set(this.#timestamps.subarray(0, this.#length), offset);
    target.set(this.#values.subarray(0, this.#length), offset + this.#length);
  }

  /** Writes the samples of the indexes from `from` up to, not including, `to` into two columns. */
  copyBetween(from: number, to: number, timestamps: Float64Array, values: Float64Array, at: number): void {
    timestamps.set(this.#timestamps.subarray(from, to), at);
    values.set(this.#values.subarray(from, to), at);
  }

  clear(): void {
    this.#length = 0;
  }

  #grow(length: number): void {
    const capacity = Math.max(MIN_CAPACITY, length, Math.min(this.#timestamps.length * 2, length + 1024));
    const timestamps = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    timestamps.set(this.#timestamps.subarray(0, this.#length));
    values.set(this.#values.subarray(0, this.#length));
    this.#timestamps = timestamps;
    this.#values = values;
  }
}
