import type { WaitOptions } from '../waiting/wait-options.js';
import type { AcquireOptions, HeldLock, LockState } from '../holding/held-lock.js';
import type { LockOptions } from '../lock/lock.js';

/** Who asks for a lease, and how many there are. */
export interface SemaphoreOptions extends LockOptions {
  /** How many may hold a lease at a time; the same for all who use the path. */
  readonly maxLeases: number;
}

/** One who holds a lease. */
export interface LeaseHolder {
  readonly id: string;
  /** Czxid of the lease's znode. */
  readonly token: bigint;
}

/**
 * At most `maxLeases` holders at a time among all processes that use the same path, in kazoo's protocol: the leases are
 * ephemeral znodes below `path`, whose data is the number of leases; who wants one first acquires the lock under
 * `<path>-__lock__`, so that only one contender at a time watches the leases. Leases are granted in the order of that
 * lock's queue.
 *
 * ```
 * idle ──acquire──▶ waiting (for the lock, then for a lease) ──granted──▶ held ──lost──▶ lost
 *   ▲                  │ abort, timeout                        │ release                │ release
 *   └──────────────────┴───────────────────────────────────────┴────────────────────────┘
 * ```
 *
 * A lease's token grows from grant to grant, but holders do not exclude each other: a sink cannot tell by it that one
 * of them lost its lease. Only `signal` and `remainingMs()` of each holder do.
 */
export interface Semaphore {
  readonly id: string;
  readonly path: string;
  readonly maxLeases: number;
  readonly state: LockState;
  /** The lease, until it is released; also after its loss. */
  readonly held: HeldLock | undefined;
  /**
   * Waits for a lease. Rejects with `NOT_REENTRANT` while this object holds one or waits for one, with
   * `SEMAPHORE_MISMATCH` where the semaphore was set up with another number of leases, with `WAIT_TIMEOUT`, with
   * `CLIENT_CLOSED`, and with the signal's reason. An attempt that was given up leaves no znode behind: its deletion
   * goes on in the background.
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
  /** Those who hold a lease, the longest-standing first. */
  leaseHolders(options?: WaitOptions): Promise<LeaseHolder[]>;
}
