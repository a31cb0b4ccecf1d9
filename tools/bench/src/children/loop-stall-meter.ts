/** Longest time for which the event loop did not come round, while this object lives. */
export class LoopStallMeter implements Disposable {
  #last = performance.now();
  #longestMs = 0;
  #immediate: NodeJS.Immediate;

  constructor() {
    this.#immediate = setImmediate(this.#turn);
  }

  /** In ms, up to now. */
  longestMs(): number {
    return Math.max(this.#longestMs, performance.now() - this.#last);
  }

  [Symbol.dispose](): void {
    clearImmediate(this.#immediate);
  }

  readonly #turn = (): void => {
    const now = performance.now();
    this.#longestMs = Math.max(this.#longestMs, now - this.#last);
    this.#last = now;
    this.#immediate = setImmediate(this.#turn);
  };
}
