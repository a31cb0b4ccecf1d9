import type { WaitOptions } from '../connection/client.js';
import type { Contender } from '../election/election.js';
import type { Confirmation } from '../election/term.js';

/** Who contends for the lock. */
export interface LockOptions {
  /** Name of this contender, the data of its znode; it need not be unique. */
  readonly id: string;
}

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

/** What a lock's or a semaphore's `acquire` resolves with: held until released or lost. */
export interface HeldLock extends AsyncDisposable {
  readonly id: string;
  readonly path: string;
  /**
   * Fencing token: the czxid of the own znode. Of two holders that exclude each other the later one has the larger
   * token, so a sink that remembers the largest can refuse a holder that does not know yet that it lost the lock.
   */
  readonly token: bigint;
  /** Aborts with a {@link LockLostError} when it may be lost, and when it is released: stop working then. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds for which nobody else can be granted it, as far as the own clock can tell; 0 when it is lost. Ask
   * immediately before every side effect.
   */
  remainingMs(): number;
  /**
   * Proves by a conditional write on the own znode that it is still held, and tells ZooKeeper's clock at that write.
   * Rejects with a {@link LockLostError} otherwise.
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

/**
 * A lock among all processes that use the same path.
 *
 * ```
 * idle ──acquire──▶ waiting ──granted──▶ held ──connection, session, lease or znode gone──▶ lost
 *   ▲                 │ abort, timeout     │ release                                          │ release
 *   └─────────────────┴────────────────────┴──────────────────────────────────────────────────┘
 * ```
 *
 * Contenders are granted the lock in the order in which their znodes were created. A contender whose session expires
 * while it waits queues again, behind the others. Whoever works on after the loss of a lock is stopped by nobody: hand
 * `signal` to the work, and `token` to the sinks.
 */
export interface Lock {
  readonly id: string;
  readonly path: string;
  readonly state: LockState;
  /** What {@link acquire} was granted, until it is released; also after its loss. */
  readonly held: HeldLock | undefined;
  /**
   * Waits for the lock. Rejects with `NOT_REENTRANT` while this object holds the lock or waits for it (another object
   * of the same path is another contender, and would wait for this one), with `WAIT_TIMEOUT`, with `CLIENT_CLOSED`,
   * and with the signal's reason. An attempt that was given up leaves no znode behind: its deletion goes on in the
   * background.
   */
  acquire(options?: AcquireOptions): Promise<HeldLock>;
  /** All that hold the lock or wait for it, in the order of their znodes. */
  contenders(options?: WaitOptions): Promise<Contender[]>;
}
