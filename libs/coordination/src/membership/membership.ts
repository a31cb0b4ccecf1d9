import type { Codec } from '../codec/codec.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { GroupChange, GroupSnapshot } from '../group/group.js';
import type { OnConflict, Registration } from '../registration/registration.js';

export interface MembershipOptions<T> extends WaitOptions {
  readonly codec: Codec<T>;
}

export interface JoinOptions<T> extends WaitOptions {
  /** Name of the own znode, by which the others know this member. */
  readonly id: string;
  readonly value: T;
  /** What is done where somebody else's znode holds the id. Default `fail`. */
  readonly onConflict?: OnConflict | undefined;
}

/**
 * A group seen from inside: the live view of all members, and a place in it to take and to give up. The view is there
 * from the beginning, also for one who never joins.
 *
 * ```
 * outside ──join──▶ joining ──registered, and in the own view──▶ member ──leave──▶ outside        any ──close──▶ closed
 *                      └──conflict, abort──▶ outside
 * ```
 *
 * A member stays one through expiries and outages: its registration is kept up. `join`, `leave` and `close` are carried
 * out one after the other, in the order of the calls.
 */
export interface Membership<T> extends AsyncDisposable {
  readonly path: string;
  /** The own registration, from `join` to `leave`. */
  readonly self: Registration<T> | undefined;
  /** All members as of the latest word of ZooKeeper. */
  snapshot(): GroupSnapshot<T>;
  /** The changes from now on, in order, those of the own place among them. Ends when the membership is closed. */
  changes(options?: WaitOptions): AsyncIterableIterator<GroupChange<T>>;
  /**
   * Takes a place; resolves when it is in the own view. Rejects with `NOT_REENTRANT` for one who is in, with
   * `REGISTRATION_CONFLICT`, with `REGISTRATION_CLOSED` after `close`, and with the signal's reason; then nothing of
   * the attempt is left behind.
   */
  join(options: JoinOptions<T>): Promise<void>;
  /** Changes the own value, as `set` of a registration does. Rejects with `REGISTRATION_CLOSED` for one who is not in. */
  set(value: T, options?: WaitOptions): Promise<void>;
  /** Gives the place up; does nothing for one who has none. */
  leave(): Promise<void>;
  /** Leaves, and ends the view. Idempotent. */
  close(): Promise<void>;
}
