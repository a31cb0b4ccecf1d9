import { type Aggregator } from '../aggregator.js';

/** `count` of numbers, `countnan` of NaN values, `countall` of both. */
export class CountAggregator implements Aggregator {
  #count = 0;

  constructor(readonly name: 'count' | 'countnan' | 'countall') {}

  accepts(value: number): boolean {
    return this.name === 'countall' || Number.isNaN(value) === (this.name === 'countnan');
  }

  add(): void {
    this.#count++;
  }

  result(): number {
    return this.#count;
  }

  emptyValue(): number {
    return 0;
  }

  reset(): void {
    this.#count = 0;
  }

  save(target: number[], at: number): number {
    target[at] = this.#count;
    return 1;
  }

  load(state: readonly number[], at: number): void {
    this.#count = state[at] ?? 0;
  }
}
