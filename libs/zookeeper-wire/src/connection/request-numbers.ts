const LARGEST = 0x7fff_ffff;

/**
 * The numbers (xids) of a session's requests, which go on over its connections. A server tells the requests of a session
 * apart by them alone: a follower that waits for the outcome of one takes that of another under the same number for it,
 * even one that was sent on a connection before and is only then agreed on.
 */
export class RequestNumbers {
  #last: number;

  /** Begins somewhere in the lower half where somebody else has numbered requests of the session before. */
  constructor({ resumed }: { readonly resumed: boolean }) {
    this.#last = resumed ? Math.floor(Math.random() * (LARGEST / 2)) : 0;
  }

  /** From 1 to 2^31 - 1, and anew: negative ones have a meaning of their own. */
  next(): number {
    this.#last = this.#last === LARGEST ? 1 : this.#last + 1;
    return this.#last;
  }
}
