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

  save(): number[] {
    return [this.#min, this.#max];
  }

  load([min = Number.MAX_VALUE, max = -Number.MAX_VALUE]: readonly number[]): void {
    this.#min = min;
    this.#max = max;
  }
}
