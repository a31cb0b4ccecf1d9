import type { WaitOptions } from '../waiting/wait-options.js';

/** How to wait for a lock, and how long it counts as held. */
export interface AcquireOptions extends WaitOptions {
  /** How long to wait; `WAIT_TIMEOUT` after it. Default for ever. */
  readonly timeoutMs?: number | undefined;
  /**
   * `stop` (default): what is held counts as lost as soon as the connection is suspended. `continue`: it counts as
   * held while the lease lasts, so that a short interruption does no harm.
   */
  readonly onSuspended?: 'stop' | 'continue' | undefined;
  /** Part of the session timeout that the lease leaves unused. Default a third of it. */
  readonly leaseMarginMs?: number | undefined;
}

/** What a confirming write has shown. */
export interface Confirmation {
  /** ZooKeeper's clock at the confirming write. */
  readonly serverTimeMs: number;
}

/** What a lock's or a semaphore's `acquire` resolves with: held until released or lost. */
export interface HeldLock extends AsyncDisposable {
  readonly id: string;
  readonly path: string;
  /**
   * Fencing token: the czxid of the own znode. Of two holders that exclude each other the later one has the larger
   * token, so a sink that remembers the largest can refuse a holder that does not know yet that it lost the lock.
   */
  readonly token: bigint;
  /** Aborts with a `LockLostError` when it may be lost, and when it is released: stop working then. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds for which nobody else can be granted it, as far as the own clock can tell; 0 when it is lost. Ask
   * immediately before every side effect.
   */
  remainingMs(): number;
  /**
   * Proves by a conditional write on the own znode that it is still held, and returns ZooKeeper's clock at that write.
   * Rejects with a `LockLostError` otherwise.
   */
  confirm(options?: WaitOptions): Promise<Confirmation>;
  /**
   * Gives it free, once: resolves when the znode is gone. Without a connection it resolves at once; the deletion goes
   * on in the background until it is done or the session is over. Never rejects.
   */
  release(): Promise<void>;
}

/**
 * - `idle`: neither held nor waited for
 * - `waiting`: in the queue
 * - `held`
 * - `lost`: what was held is lost, and not released yet
 */
export type LockState = 'idle' | 'waiting' | 'held' | 'lost';
