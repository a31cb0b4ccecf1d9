import type { Codec } from '../codec/codec.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { Stat } from '../transport/stat.js';

/** How the data of the children is read. */
export interface GroupOptions<T> extends WaitOptions {
  readonly codec: Codec<T>;
}

/** A child with its decoded value. */
export interface Member<T> {
  readonly id: string;
  readonly value: T;
  readonly stat: Stat;
}

/** A child whose data the codec refused, or whose access list does not let this client read it. */
export interface InvalidMember {
  readonly id: string;
  /** Undefined, as the stat is, where it may not be read. */
  readonly data: Buffer | undefined;
  readonly stat: Stat | undefined;
  /** What the codec threw; a `CoordinationError` with the code `NO_AUTHORIZATION` where it may not be read. */
  readonly error: unknown;
}

/** The members of a group at one moment. */
export interface GroupSnapshot<T> {
  readonly members: ReadonlyMap<string, Member<T>>;
  readonly invalid: ReadonlyMap<string, InvalidMember>;
  /** True while the content may be out of date: cut off, or not yet read again after a reconnection. */
  readonly stale: boolean;
  /** When the content was last known to be ZooKeeper's, in milliseconds of the local wall clock. */
  readonly asOf: number;
}

/** One change of the members, as `changes()` yields it. */
export type GroupChange<T> =
  | { readonly type: 'joined'; readonly id: string; readonly member: Member<T> }
  | {
      readonly type: 'updated';
      readonly id: string;
      readonly member: Member<T>;
      readonly previous: Member<T>;
    }
  | { readonly type: 'left'; readonly id: string; readonly previous: Member<T> };

/** A live cache of the values of a znode's children. */
export interface Group<T> extends AsyncDisposable {
  readonly path: string;
  /** What is known now, without a request; later changes do not show in it. */
  snapshot(): GroupSnapshot<T>;
  /** The changes from now on, in order. Ends when the group is closed. */
  changes(options?: WaitOptions): AsyncIterableIterator<GroupChange<T>>;
  /** Ends the cache and the iterations over its changes. Idempotent. */
  close(): Promise<void>;
}
