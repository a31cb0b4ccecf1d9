import { type Aggregator } from '../aggregator.js';

/** Variance and standard deviation of the population (`.p`) or of a sample of it (`.s`), from sums of values and squares. */
export class VarianceAggregator implements Aggregator {
  #count = 0;
  #sum = 0;
  #squares = 0;

  constructor(readonly name: 'std.p' | 'std.s' | 'var.p' | 'var.s') {}

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#squares += value * value;
  }

  result(): number {
    const variance = this.name.endsWith('.p') ? this.#populationVariance() : this.#sampleVariance();
    return this.name.startsWith('std') ? Math.sqrt(variance) : variance;
  }

  emptyValue(): number {
    return NaN;
  }

  reset(): void {
    this.#count = 0;
    this.#sum = 0;
    this.#squares = 0;
  }

  save(target: number[], at: number): number {
    target[at] = this.#count;
    target[at + 1] = this.#sum;
    target[at + 2] = this.#squares;
    return 3;
  }

  load(state: readonly number[], at: number): void {
    this.#count = state[at] ?? 0;
    this.#sum = state[at + 1] ?? 0;
    this.#squares = state[at + 2] ?? 0;
  }

  /** E[x²] - 2·E[x]·E[x] + E[x]², in the order of operations whose rounding matches RedisTimeSeries. */
  #populationVariance(): number {
    const mean = this.#sum / this.#count;
    const deviations = this.#squares - (2 * this.#sum * this.#sum) / this.#count + mean * mean * this.#count;
    return deviations / this.#count;
  }

  #sampleVariance(): number {
    if (this.#count === 1) return 0;
    return (this.#populationVariance() * this.#count) / (this.#count - 1);
  }
}
