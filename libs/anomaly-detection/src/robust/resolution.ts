/** More decimals than this come from arithmetic and not from a sensor's resolution. */
const MAX_DECIMALS = 20;

/**
 * The resolution of a series, estimated from how its last values are written: most of them with no decimals: 1,
 * with one: 0.1, and so on. It goes by the majority, so that a few values of another form do not change it.
 * It is never coarser than 1.
 */
export class ResolutionEstimate {
  readonly #decimals: Uint8Array;
  readonly #counts = new Uint32Array(MAX_DECIMALS + 1);
  #next = 0;
  #size = 0;

  constructor(windowSize: number) {
    this.#decimals = new Uint8Array(windowSize);
  }

  /** The estimate from all of these values. */
  static of(values: readonly number[]): ResolutionEstimate {
    const estimate = new ResolutionEstimate(values.length);
    for (const value of values) estimate.push(value);
    return estimate;
  }

  push(value: number): void {
    if (this.#size === this.#decimals.length) this.#count(this.#decimals[this.#next] ?? 0, -1);
    else this.#size += 1;
    const decimals = decimalsOf(value);
    this.#decimals[this.#next] = decimals;
    this.#count(decimals, 1);
    this.#next = (this.#next + 1) % this.#decimals.length;
  }

  /** The step between neighbouring values, in the unit of the values; 0 before the first value. */
  step(): number {
    if (this.#size === 0) return 0;
    let seen = 0;
    let decimals = -1;
    // More than half of the values have at most this many decimals.
    while (seen * 2 <= this.#size) {
      decimals += 1;
      seen += this.#counts[decimals] ?? 0;
    }
    return Number(`1e-${decimals}`);
  }

  #count(decimals: number, change: 1 | -1): void {
    this.#counts[decimals] = (this.#counts[decimals] ?? 0) + change;
  }
}

/** Digits after the decimal point in the shortest text that reads back as the same double, at most 20. */
export function decimalsOf(value: number): number {
  if (value % 1 === 0) return 0;
  const text = `${value}`;
  const exponentAt = text.indexOf('e');
  const mantissaLength = exponentAt < 0 ? text.length : exponentAt;
  const pointAt = text.indexOf('.');
  const fractionLength = pointAt < 0 ? 0 : mantissaLength - pointAt - 1;
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1));
  const decimals = fractionLength - exponent;
  return decimals > MAX_DECIMALS ? MAX_DECIMALS : decimals;
}
