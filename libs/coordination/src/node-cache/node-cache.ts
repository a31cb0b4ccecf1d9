import type { Codec } from '../codec/codec.js';
import type { Stat } from '../transport/stat.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** How the data of the znode is read. */
export interface NodeCacheOptions<T> extends WaitOptions {
  readonly codec: Codec<T>;
}

/** A znode at one moment. */
export interface NodeSnapshot<T> {
  /** Undefined where there is no such znode, and where its data could not be decoded or read. */
  readonly value: T | undefined;
  /** Undefined where there is no such znode, or it may not be read. */
  readonly stat: Stat | undefined;
  /** What the codec threw; a `CoordinationError` with the code `NO_AUTHORIZATION` where it may not be read. */
  readonly error: unknown;
  /** True while it may be out of date: cut off, or not yet read again. */
  readonly stale: boolean;
}

/** A live cache of one znode, which need not exist. Creates nothing. */
export interface NodeCache<T> extends AsyncDisposable {
  readonly path: string;
  /** What is known now, without a request. */
  snapshot(): NodeSnapshot<T>;
  /** Each change from now on; those that nobody waited for are passed over in favour of the latest. */
  changes(options?: WaitOptions): AsyncIterableIterator<NodeSnapshot<T>>;
  /** Ends the cache and the iterations over its changes. Idempotent. */
  close(): Promise<void>;
}
