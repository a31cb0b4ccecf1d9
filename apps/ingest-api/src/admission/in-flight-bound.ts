/** Most writes under way in one process: what the store answers in well under a second on one connection. */
export const MAX_WRITES_IN_FLIGHT = 512;

/** The part of all places that one client (address) may hold, so that nobody takes all. */
const CLIENT_SHARE = 0.75;

/** Bounds the number of requests that are under way together, of all clients and of each. */
export class InFlightBound {
  readonly #maxRequests: number;
  readonly #maxPerClient: number;
  readonly #byClient = new Map<string, number>();
  #requests = 0;

  constructor(limits: { maxRequests: number; maxPerClient?: number }) {
    this.#maxRequests = limits.maxRequests;
    this.#maxPerClient = limits.maxPerClient ?? Math.ceil(limits.maxRequests * CLIENT_SHARE);
  }

  get requests(): number {
    return this.#requests;
  }

  /** Whether {@link tryEnter} would give this client a place now. */
  hasRoom(client = ''): boolean {
    return this.#requests < this.#maxRequests && (this.#byClient.get(client) ?? 0) < this.#maxPerClient;
  }

  /**
   * Takes a place for a request of `client`.
   *
   * @returns gives the place back, once however often it is called; undefined when there is none
   */
  tryEnter(client = ''): (() => void) | undefined {
    if (!this.hasRoom(client)) return undefined;
    this.#requests += 1;
    this.#byClient.set(client, (this.#byClient.get(client) ?? 0) + 1);
    let entered = true;
    return () => {
      if (!entered) return;
      entered = false;
      this.#requests -= 1;
      const left = (this.#byClient.get(client) ?? 1) - 1;
      if (left === 0) this.#byClient.delete(client);
      else this.#byClient.set(client, left);
    };
  }
}
