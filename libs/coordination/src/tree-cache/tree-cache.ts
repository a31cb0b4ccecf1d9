import type { ZnodeValue } from '../transport/stat.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** The tree at one moment. */
export interface TreeSnapshot {
  /** By path, the root of the tree included; a znode that may not be read is left out. */
  readonly nodes: ReadonlyMap<string, ZnodeValue>;
  /** True while it may be out of date: cut off, or not yet read again. */
  readonly stale: boolean;
}

/** One change of a znode of the tree. */
export type TreeChange =
  | { readonly type: 'created' | 'updated'; readonly path: string; readonly node: ZnodeValue }
  | { readonly type: 'deleted'; readonly path: string };

/**
 * A live cache of a znode, which need not exist, and all below it, kept up by one persistent recursive watch. Creates
 * nothing. Needs a transport and servers (3.6) with persistent watches.
 */
export interface TreeCache extends AsyncDisposable {
  readonly path: string;
  /** What is known now, without a request; later changes do not show in it. */
  snapshot(): TreeSnapshot;
  /** The changes from now on; of several changes of one znode in a moment the outcome alone. */
  changes(options?: WaitOptions): AsyncIterableIterator<TreeChange>;
  /** Ends the cache and the iterations over its changes. Idempotent. */
  close(): Promise<void>;
}
