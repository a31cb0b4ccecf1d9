/** Most writes under way in one process: what the store answers in well under a second on one connection. */
export const MAX_WRITES_IN_FLIGHT = 512;

/** Most bytes of bodies under way in one process. */
export const MAX_BYTES_IN_FLIGHT = 64 * 1024 * 1024;

/** Bounds the number and the bytes of requests that are under way together. */
export class InFlightBound {
  readonly #maxRequests: number;
  readonly #maxBytes: number;
  #requests = 0;
  #bytes = 0;

  constructor(limits: { maxRequests: number; maxBytes: number }) {
    this.#maxRequests = limits.maxRequests;
    this.#maxBytes = limits.maxBytes;
  }

  get requests(): number {
    return this.#requests;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a place for a request with a body of `bytes`. A single request is always taken, however large.
   *
   * @returns gives the place back, once however often it is called; undefined when there is none
   */
  tryEnter(bytes: number): (() => void) | undefined {
    if (this.#requests >= this.#maxRequests) return undefined;
    if (this.#requests > 0 && this.#bytes + bytes > this.#maxBytes) return undefined;
    this.#requests += 1;
    this.#bytes += bytes;
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      this.#requests -= 1;
      this.#bytes -= bytes;
    };
  }
}
