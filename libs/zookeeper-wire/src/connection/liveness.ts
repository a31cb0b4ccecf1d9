/** What liveness asks of its connection. */
export interface LivenessSubject {
  ping(): void;
  /** When the oldest request that waits for its answer was sent. */
  oldestUnansweredSentAtMs(): number | undefined;
  /** The server has said nothing for two thirds of the session timeout. */
  silent(silentForMs: number): void;
}

/**
 * Pings after a third of the session timeout without a request, and gives a server up that has been silent for two
 * thirds: the rest is for reaching another. A process that stood still gives the server a third to answer what it asks
 * when it goes on.
 */
export class Liveness {
  #timer: NodeJS.Timeout | undefined;
  #recheck: NodeJS.Immediate | undefined;
  #thirdMs = 0;
  #sentAtMs = 0;
  #heardAtMs = 0;

  constructor(private readonly subject: LivenessSubject) {}

  start(sessionTimeoutMs: number): void {
    this.#thirdMs = sessionTimeoutMs / 3;
    this.#sentAtMs = this.#heardAtMs = performance.now();
    this.#arm(this.#thirdMs);
  }

  sent(atMs: number): void {
    this.#sentAtMs = atMs;
  }

  heard(atMs: number): void {
    this.#heardAtMs = atMs;
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#recheck);
  }

  #look(): void {
    const nowMs = performance.now();
    if (nowMs >= this.#sentAtMs + this.#thirdMs) this.subject.ping();
    const deadlineMs = this.#deadlineMs();
    if (nowMs < deadlineMs) {
      this.#arm(Math.min(this.#sentAtMs + this.#thirdMs, deadlineMs) - nowMs);
      return;
    }
    // What arrived while the process stood still is read before the verdict.
    this.#recheck = setImmediate(() => {
      const laterMs = performance.now();
      if (laterMs >= this.#deadlineMs()) this.subject.silent(laterMs - this.#heardAtMs);
      else this.#look();
    });
  }

  #deadlineMs(): number {
    const askedAtMs = this.subject.oldestUnansweredSentAtMs();
    if (askedAtMs === undefined) return Infinity;
    return Math.max(this.#heardAtMs + 2 * this.#thirdMs, askedAtMs + this.#thirdMs);
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#look();
      },
      Math.max(1, ms),
    );
  }
}
