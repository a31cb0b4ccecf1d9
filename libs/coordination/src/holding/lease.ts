import type { Contact } from '../transport/transport.js';

export interface LeaseOptions {
  readonly sessionTimeoutMs: number;
  readonly marginMs: number;
  readonly contact: Contact;
  readonly onLapse: () => void;
  readonly onRenewed?: (headroomMs: number) => void;
}

/**
 * The time for which the servers cannot have expired the session yet, by the own clock: from the sending of the last
 * acknowledged operation, for the negotiated timeout less a margin. A lapse is for good: an answer that arrives after
 * it renews nothing, since somebody else may have been elected in the gap.
 *
 * The clock is the monotonic one. It stands still while the machine is suspended, so the wall clock is asked too: when
 * it ran ahead by more than the lease, the time that passed is taken to be the wall clock's.
 */
export class Lease {
  readonly #options: LeaseOptions;
  readonly #durationMs: number;
  #wallOffsetMs: number;
  #expiresAtMs: number;
  #lapsed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#durationMs = options.sessionTimeoutMs - options.marginMs;
    this.#expiresAtMs = options.contact.sentAtMs + this.#durationMs;
    this.#wallOffsetMs = wallOffsetMs();
    this.#arm();
  }

  /** 0 from the lapse on. A timer that could not fire in time, in a stalled event loop, is made up for here. */
  remainingMs(): number {
    this.#check(performance.now());
    return this.#lapsed ? 0 : Math.max(0, this.#expiresAtMs - performance.now());
  }

  renew(contact: Contact): void {
    this.#check(contact.acknowledgedAtMs);
    if (this.#lapsed) return;
    const expiresAtMs = contact.sentAtMs + this.#durationMs;
    if (expiresAtMs <= this.#expiresAtMs) return;
    this.#options.onRenewed?.(this.#expiresAtMs - contact.acknowledgedAtMs);
    this.#expiresAtMs = expiresAtMs;
    this.#wallOffsetMs = wallOffsetMs();
    this.#arm();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#lapsed = true;
  }

  #check(nowMs: number): void {
    if (this.#lapsed) return;
    const suspendedMs = wallOffsetMs() - this.#wallOffsetMs;
    const overslept = suspendedMs > this.#durationMs;
    if (nowMs < this.#expiresAtMs && !overslept) return;
    this.end();
    this.#options.onLapse();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#check(performance.now());
        if (!this.#lapsed) this.#arm();
      },
      Math.max(1, this.#expiresAtMs - performance.now()),
    );
  }
}

function wallOffsetMs(): number {
  return Date.now() - performance.now();
}
