import { disposer, type Disposer } from '../waiting/disposer.js';
import type { Session } from './session.js';

/** Heartbeats in a session timeout: the lease of a term is renewed well before its margin is reached. */
const beatsPerTimeout = 6;

/**
 * Keeps a session in contact while nothing else is sent: by a read that any server answers, and by a
 * transaction of the quorum while somebody holds a lease.
 */
export class Heartbeat {
  readonly #isConnected: () => boolean;
  /** The znodes by which leases are held. */
  readonly #leases = new Set<{ readonly path: string }>();
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

  /** While somebody holds a lease, by the znode of that path, each beat goes through a quorum. */
  holdLease(path: string): Disposer {
    const lease = { path };
    this.#leases.add(lease);
    return disposer(() => this.#leases.delete(lease));
  }

  #beat(session: Session, intervalMs: number): void {
    if (!this.#isConnected()) return;
    const idle = performance.now() - session.lastContact.sentAtMs >= intervalMs / 2;
    const [lease] = this.#leases;
    if (!lease && !idle) return;
    // Nothing to be done about a failure here: the connection is suspended by it.
    (lease ? session.throughQuorum(lease.path) : session.ping()).catch(() => {});
  }
}
