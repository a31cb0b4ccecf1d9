export interface DeliveryQueueOptions {
  /** Runs before the entries of each slice. */
  readonly onSliceStart: () => void;
  /** How many answers are still to come. */
  readonly expected: () => number;
}

/** So many answers are collected for a millisecond: the native client gives one in each turn of the event loop. */
const manyExpected = 64;

/**
 * Everything the native client reports is handed on from here, in its order, in a later turn of the event loop.
 *
 * Inside one of its callbacks nothing may run that opens a socket (it can take over a descriptor that the client has
 * just closed, and hangs), closes the client (the session outlives it) or calls it again. A promise's continuation
 * runs inside the callback too, so a promise must not be settled there.
 */
export class DeliveryQueue {
  /** A burst of answers is handed on in slices of this length, so that timers and sockets get their turn. */
  static readonly sliceMs = 8;

  #entries: (() => void)[] = [];
  #scheduled = false;
  readonly #options: DeliveryQueueOptions;

  constructor(options: DeliveryQueueOptions) {
    this.#options = options;
  }

  push(entry: () => void): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const deliver = () => {
      this.#scheduled = false;
      this.#deliver();
    };
    if (this.#options.expected() < manyExpected) setImmediate(deliver);
    else setTimeout(deliver, 1);
  }

  #deliver(): void {
    const entries = this.#entries;
    this.#entries = [];
    const until = performance.now() + DeliveryQueue.sliceMs;
    let next = 0;
    try {
      this.#options.onSliceStart();
      while (next < entries.length) {
        entries[next++]?.();
        if (next % 32 === 0 && performance.now() > until) break;
      }
    } finally {
      if (next < entries.length) this.#entries = [...entries.slice(next), ...this.#entries];
      if (this.#entries.length > 0) this.#schedule();
    }
  }
}
