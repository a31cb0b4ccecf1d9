import { type Aggregator, type CarriedValue } from '../aggregator.js';

/** Value of the oldest sample of the bucket, in whatever direction samples come. */
export class FirstAggregator implements Aggregator {
  #value = 0;
  #timestamp = -1;

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number, timestamp: number): void {
    if (this.#timestamp >= 0 && timestamp >= this.#timestamp) return;
    this.#value = value;
    this.#timestamp = timestamp;
  }

  result(): number {
    return this.#value;
  }

  emptyValue(): number {
    return NaN;
  }

  reset(): void {
    this.#value = 0;
    this.#timestamp = -1;
  }

  save(target: number[], at: number): number {
    target[at] = this.#value;
    target[at + 1] = this.#timestamp;
    return 2;
  }

  load(state: readonly number[], at: number): void {
    this.#value = state[at] ?? 0;
    this.#timestamp = state[at + 1] ?? -1;
  }
}

/** Value of the newest sample of the bucket; a bucket without samples repeats the value before it. */
export class LastAggregator implements Aggregator, CarriedValue {
  readonly carried: CarriedValue = this;
  #value = NaN;
  #timestamp = -1;

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number, timestamp: number): void {
    if (timestamp < this.#timestamp) return;
    this.#value = value;
    this.#timestamp = timestamp;
  }

  result(): number {
    return this.#value;
  }

  emptyValue(): number {
    return this.#value;
  }

  /** Keeps the value for the empty buckets that may follow. */
  reset(): void {
    this.#timestamp = -1;
  }

  /** Whether there is a value to repeat in empty buckets. */
  get hasValue(): boolean {
    return !Number.isNaN(this.#value);
  }

  /** Sets the value that empty buckets repeat. */
  carry(value: number): void {
    this.#value = value;
    this.#timestamp = -1;
  }

  save(target: number[], at: number): number {
    target[at] = this.#value;
    target[at + 1] = this.#timestamp;
    return 2;
  }

  load(state: readonly number[], at: number): void {
    this.#value = state[at] ?? NaN;
    this.#timestamp = state[at + 1] ?? -1;
  }
}
