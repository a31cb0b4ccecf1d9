import { type Aggregator } from '../aggregator.js';

export class SumAggregator implements Aggregator {
  #sum = 0;

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number): void {
    this.#sum += value;
  }

  result(): number {
    return this.#sum;
  }

  emptyValue(): number {
    return 0;
  }

  reset(): void {
    this.#sum = 0;
  }

  save(target: number[], at: number): number {
    target[at] = this.#sum;
    return 1;
  }

  load(state: readonly number[], at: number): void {
    this.#sum = state[at] ?? 0;
  }
}

/** Arithmetic mean. Where the sum would overflow it goes on as a running mean. */
export class AverageAggregator implements Aggregator {
  #total = 0;
  #count = 0;
  #running = false;

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number): void {
    this.#count++;
    const overflows =
      this.#total < 0 === value < 0 && Math.abs(this.#total) > Number.MAX_VALUE - Math.abs(value);
    if (!this.#running && !overflows) {
      this.#total += value;
      return;
    }
    const earlier = this.#running
      ? (this.#total / this.#count) * (this.#count - 1)
      : this.#total / this.#count;
    this.#total = earlier + value / this.#count;
    this.#running = true;
  }

  result(): number {
    return this.#running ? this.#total : this.#total / this.#count;
  }

  emptyValue(): number {
    return NaN;
  }

  reset(): void {
    this.#total = 0;
    this.#count = 0;
    this.#running = false;
  }

  save(target: number[], at: number): number {
    target[at] = this.#total;
    target[at + 1] = this.#count;
    target[at + 2] = this.#running ? 1 : 0;
    return 3;
  }

  load(state: readonly number[], at: number): void {
    this.#total = state[at] ?? 0;
    this.#count = state[at + 1] ?? 0;
    this.#running = state[at + 2] === 1;
  }
}
