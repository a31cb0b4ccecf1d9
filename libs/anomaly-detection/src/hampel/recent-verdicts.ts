/** On which side of the expected range a value was: -1 below, 0 inside, 1 above. */
export type Side = -1 | 0 | 1;

/** A lasting change: of the level alone, or of the spread as well; with the values that show it, oldest first. */
export interface RegimeChange {
  readonly kind: 'level' | 'spread';
  readonly values: readonly number[];
}

/**
 * The last verdicts of a series, from which a lasting change is told from passing anomalies.
 *
 * - `acceptAfter` anomalies in a row on one side are a new level.
 * - More than `acceptAfter` anomalies on either side among the last 2 × `acceptAfter` values are a new spread.
 */
export class RecentVerdicts {
  readonly #acceptAfter: number;
  #verdicts: { value: number; side: Side }[] = [];
  #anomalies = 0;
  #run = 0;
  #runSide: Side = 0;

  constructor(acceptAfter: number) {
    this.#acceptAfter = acceptAfter;
  }

  /** Adds a verdict and returns the change it completes, if any; after a change it starts from nothing. */
  push(value: number, side: Side): RegimeChange | undefined {
    this.#verdicts.push({ value, side });
    if (side !== 0) this.#anomalies += 1;
    this.#run = side !== 0 && side === this.#runSide ? this.#run + 1 : Math.abs(side);
    this.#runSide = side;
    if (this.#verdicts.length > 2 * this.#acceptAfter && this.#verdicts.shift()?.side !== 0) {
      this.#anomalies -= 1;
    }
    if (this.#run >= this.#acceptAfter) return this.#change('level', this.#run);
    if (this.#anomalies > this.#acceptAfter) return this.#change('spread', this.#verdicts.length);
    return undefined;
  }

  clear(): void {
    this.#verdicts = [];
    this.#anomalies = 0;
    this.#run = 0;
    this.#runSide = 0;
  }

  #change(kind: RegimeChange['kind'], last: number): RegimeChange {
    const values = this.#verdicts.slice(-last).map((verdict) => verdict.value);
    this.clear();
    return { kind, values };
  }
}
