import { disposer, type Disposer } from '../waiting/disposer.js';
import type { Session } from './session.js';

/** Heartbeats in a session timeout: the lease of a term is renewed well before its margin is reached. */
const beatsPerTimeout = 6;

/**
 * Keeps a session in contact while nothing else is sent: by a read that any server answers, and through the ensemble's
 * leader while somebody holds a lease.
 */
export class Heartbeat {
  readonly #isConnected: () => boolean;
  #leaseHolders = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(isConnected: () => boolean) {
    this.#isConnected = isConnected;
  }

  /** Beats for this session, in place of the one before. */
  start(session: Session): void {
    this.stop();
    const intervalMs = session.timeoutMs / beatsPerTimeout;
    this.#timer = setInterval(() => {
      this.#beat(session, intervalMs);
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** While somebody holds a lease, each beat goes through the ensemble's leader. */
  holdLease(): Disposer {
    this.#leaseHolders += 1;
    return disposer(() => {
      this.#leaseHolders -= 1;
    });
  }

  #beat(session: Session, intervalMs: number): void {
    if (!this.#isConnected()) return;
    const idle = performance.now() - session.lastContact.sentAtMs >= intervalMs / 2;
    if (this.#leaseHolders === 0 && !idle) return;
    // A failure tells itself: the connection is then suspended.
    (this.#leaseHolders > 0 ? session.sync() : session.ping()).catch(() => {});
  }
}
