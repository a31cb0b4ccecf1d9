/**
 * A sequence of pseudo-random numbers that a seed determines: the SplitMix32 generator (a Weyl sequence mixed by
 * the finaliser of MurmurHash3). Good enough for test data, not for secrets.
 */
export class RandomNumbers {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** At least 0, below 1, in steps of 2^-32. */
  fraction(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }

  uniform(min: number, max: number): number {
    return min + (max - min) * this.fraction();
  }

  /** An integer, both ends included. */
  integer(min: number, max: number): number {
    return min + Math.floor((max - min + 1) * this.fraction());
  }

  /** Normally distributed with mean 0 and standard deviation 1 (Box–Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
  }

  sign(): 1 | -1 {
    return this.fraction() < 0.5 ? -1 : 1;
  }
}
