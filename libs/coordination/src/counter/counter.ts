import type { WaitOptions } from '../waiting/wait-options.js';

/** What a counter starts with. */
export interface CounterOptions {
  /** Value of a counter that does not exist yet. Default 0. */
  readonly initial?: bigint | number | undefined;
}

/**
 * An integer that all who use the same path share, of up to 1,000 digits. Its znode holds it as decimal text, which
 * kazoo's `Counter` reads and writes too, followed by blanks that mark the write (see below).
 *
 * Each change is read, calculated and written on condition that nobody wrote in between, and begun again where
 * somebody did. The changes of one object are made one after the other, in the order of the calls.
 *
 * A change is never applied twice. After a connection loss in the middle of a write the znode shows what became of it:
 *
 * - its version is the one before: the write was not applied, and is sent again with the same condition, which lets
 *   at most one of the two through;
 * - it carries the mark of this write: applied;
 * - its version is the next one, with another mark: somebody else was faster, and the change is calculated anew;
 * - it was written again since, or deleted: nothing shows it any more. The call rejects with `OUTCOME_UNKNOWN`.
 */
export interface Counter {
  readonly path: string;
  /** The value; changes acknowledged before the call are in it, whoever made them. */
  get(options?: WaitOptions): Promise<bigint>;
  /** Adds, or with a negative number subtracts; resolves with the value it led to. */
  add(delta?: bigint | number, options?: WaitOptions): Promise<bigint>;
  /** Sets the value, whatever it was. */
  set(value: bigint | number, options?: WaitOptions): Promise<void>;
  /**
   * Replaces the value by what `change` makes of it; resolves with that. `change` is called again with the newer value
   * where somebody else was faster, so it should do nothing else. Where it throws, nothing is changed and the call
   * rejects with that error.
   *
   * All changes reject with `OUTCOME_UNKNOWN` as said above, with `INVALID_VALUE` where the znode does not hold an integer,
   * with `INVALID_ARGUMENT` for a number that is no whole one, with `CLIENT_CLOSED`, and with the signal's reason: an
   * abort during a write leaves open whether it was applied.
   */
  update(change: (current: bigint) => bigint, options?: WaitOptions): Promise<bigint>;
}
