import type { WaitOptions } from '../waiting/wait-options.js';

/** Who takes part in a double barrier, and how many there are. */
export interface DoubleBarrierOptions {
  /** Name of this member, the data of its znode; it need not be unique. */
  readonly id: string;
  /** How many members make the barrier complete; the same for all who use the path. */
  readonly size: number;
}

export interface BarrierWaitOptions extends WaitOptions {
  /** How long to wait; `WAIT_TIMEOUT` after it. Default for ever. */
  readonly timeoutMs?: number | undefined;
}

/** A place inside the barrier: what `enter` resolves with. Disposal is {@link withdraw}. */
export interface BarrierPlace extends AsyncDisposable {
  /** Aborts with `BARRIER_LOST` when the session is over, and with it the place: the others no longer wait for it. */
  readonly signal: AbortSignal;
  /**
   * Waits until every member that was inside has left too, or is gone. Rejects with `WAIT_TIMEOUT`, with
   * `CLIENT_CLOSED`, and with the signal's reason; the place is then given up all the same. A second call waits for
   * the same end.
   */
  leave(options?: BarrierWaitOptions): Promise<void>;
  /** Gives the place up without waiting for the others. Idempotent; never rejects. */
  withdraw(): Promise<void>;
}

/**
 * Lets `size` members begin together and end together, in kazoo's protocol: each has an ephemeral znode below `path`,
 * and the znode `ready` beside them says that all are inside.
 *
 * ```
 * outside ──enter──▶ entering ──size members, or ready──▶ inside ──leave──▶ leaving ──all gone──▶ outside
 *                       └─abort, timeout─▶ outside          └─withdraw─▶ outside
 * ```
 *
 * A member that dies before the barrier is complete does not count; one that dies inside counts as having left. A
 * member whose session expires while it enters enters again by itself. Members beyond `size` that come at the same
 * time are let in too; those that come later wait until all have left.
 */
export interface DoubleBarrier {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly state: 'outside' | 'entering' | 'inside' | 'leaving';
  /**
   * Waits until `size` members have entered. Rejects with `NOT_REENTRANT` unless this object is outside, with
   * `WAIT_TIMEOUT`, with `CLIENT_CLOSED`, and with the signal's reason; an attempt that was given up leaves no znode
   * behind: its deletion goes on in the background.
   */
  enter(options?: BarrierWaitOptions): Promise<BarrierPlace>;
}
