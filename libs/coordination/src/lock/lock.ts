import type { AcquireOptions, HeldLock, LockState } from '../holding/held-lock.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { Contender } from '../queue/contenders.js';

/** Who contends for the lock. */
export interface LockOptions {
  /** Name of this contender, the data of its znode; it need not be unique. */
  readonly id: string;
}

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
  /**
   * Acquires it if nobody is before; resolves with undefined otherwise, without waiting for others (it waits for a
   * connection, as every operation does). Rejects as {@link acquire} does.
   */
  tryAcquire(options?: AcquireOptions): Promise<HeldLock | undefined>;
  /**
   * Acquires, does the work and releases, also when the work throws; resolves with what the work returns. The work stops
   * when `held.signal` aborts.
   */
  run<T>(work: (held: HeldLock) => Promise<T> | T, options?: AcquireOptions): Promise<T>;
  /** All that hold the lock or wait for it, in the order of their znodes. */
  contenders(options?: WaitOptions): Promise<Contender[]>;
}
