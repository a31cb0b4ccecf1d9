import { type Aggregator } from '../aggregator.js';

/** `min`, `max`, and `range`, their difference. */
export class ExtremeAggregator implements Aggregator {
  #min = Number.MAX_VALUE;
  #max = -Number.MAX_VALUE;

  constructor(readonly name: 'min' | 'max' | 'range') {}

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  result(): number {
    if (this.name === 'range') return this.#max - this.#min;
    return this.name === 'min' ? this.#min : this.#max;
  }

  emptyValue(): number {
    return NaN;
  }

  reset(): void {
    this.#min = Number.MAX_VALUE;
    this.#max = -Number.MAX_VALUE;
  }

  save(target: number[], at: number): number {
    target[at] = this.#min;
    target[at + 1] = this.#max;
    return 2;
  }

  load(state: readonly number[], at: number): void {
    this.#min = state[at] ?? Number.MAX_VALUE;
    this.#max = state[at + 1] ?? -Number.MAX_VALUE;
  }
}
