import type { Acl } from '../transport/acl.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import type { WatchEventType } from '../transport/transport.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** What a znode is created as, and with. */
export interface CreateOptions extends WaitOptions {
  readonly data?: Buffer | string | undefined;
  readonly ephemeral?: boolean | undefined;
  /** The server appends a growing number of ten digits to the path. */
  readonly sequential?: boolean | undefined;
  /** The servers delete the znode some time after its last child is gone. Needs a transport with containers. */
  readonly container?: boolean | undefined;
  /**
   * The servers delete the znode after so many milliseconds without a change or children; they have to be set up for it
   * (`extendedTypesEnabled`). Needs a transport with containers.
   */
  readonly ttlMs?: number | undefined;
  /** Default: open to all; with credentials, to their user alone. */
  readonly acl?: readonly Acl[] | undefined;
}

/** Which version a write is for. */
export interface VersionOptions extends WaitOptions {
  /** Applied only if the znode still has this version; left out, to any version. */
  readonly version?: number | undefined;
}

/** One step of a transaction; data as text or bytes, `version` left out for any. */
export type TransactionStep =
  | ({ readonly type: 'create'; readonly path: string } & Omit<CreateOptions, 'signal'>)
  | {
      readonly type: 'set';
      readonly path: string;
      readonly data: Buffer | string;
      readonly version?: number | undefined;
    }
  | { readonly type: 'delete'; readonly path: string; readonly version?: number | undefined }
  /** Fails the transaction unless the znode is there, at this version where one is given. */
  | { readonly type: 'check'; readonly path: string; readonly version?: number | undefined };

/** What a step has done, by its type. */
export type TransactionResult<S extends TransactionStep = TransactionStep> = S extends {
  readonly type: 'create';
}
  ? { readonly type: 'create'; readonly path: string }
  : S extends { readonly type: 'set' }
    ? { readonly type: 'set'; readonly stat: Stat }
    : { readonly type: S['type'] };

/** The results of these steps, each of its own type. */
export type TransactionResults<Steps extends readonly TransactionStep[]> = {
  readonly [Index in keyof Steps]: TransactionResult<Steps[Index]>;
};

/** What a persistent watch has seen. */
export interface ZnodeEvent {
  /**
   * `resumed`: connected again, or in a new session; anything may have happened meanwhile, so read again. A recursive
   * watch sees children come and go as `created` and `deleted`, another one as `child` of their parent.
   */
  readonly type: Exclude<WatchEventType, 'removed'> | 'resumed';
  readonly path: string;
}

/** What is watched. */
export interface WatchOptions extends WaitOptions {
  /** All znodes below it, too. Default false. */
  readonly recursive?: boolean | undefined;
}

/**
 * Single operations on znodes. All wait for a connection first. Reads are repeated after a connection loss; a write that
 * was cut off rejects with `CONNECTION_LOSS`, since only the caller knows whether it may be sent twice.
 */
export interface Znodes {
  /** Creates a znode; resolves with its path, which for a sequential one carries the sequence number. */
  create(path: string, options?: CreateOptions): Promise<string>;
  /** Data and stat; rejects with `NO_NODE` where there is no such znode. */
  get(path: string, options?: WaitOptions): Promise<ZnodeValue>;
  /** Replaces the data; rejects with `NO_NODE`, and with `BAD_VERSION` where the znode has another version. */
  set(path: string, data: Buffer | string, options?: VersionOptions): Promise<Stat>;
  /** Deletes a znode without children; rejects with `NO_NODE`, `NOT_EMPTY` and `BAD_VERSION`. */
  delete(path: string, options?: VersionOptions): Promise<void>;
  /** The stat, or undefined where there is no such znode. */
  exists(path: string, options?: WaitOptions): Promise<Stat | undefined>;
  /** Names of the children, in no particular order; rejects with `NO_NODE`. */
  children(path: string, options?: WaitOptions): Promise<string[]>;
  /** Creates the path and its missing parents as persistent znodes without data. */
  ensurePath(path: string, options?: WaitOptions): Promise<void>;

  /**
   * Sets the data of a znode, or creates it and its missing parents, as a persistent one. Repeated after a connection
   * loss, since setting the same data twice does no harm.
   */
  createOrSet(path: string, data: Buffer | string, options?: WaitOptions): Promise<void>;
  /**
   * Deletes a znode and all below it; does nothing where it does not exist. Not one transaction: who fails on the way has
   * deleted a part. Children that others create meanwhile are deleted, too.
   */
  deleteRecursively(path: string, options?: WaitOptions): Promise<void>;
  /**
   * All steps or none, as one transaction. Rejects with a `TransactionError`, which names the step that failed, and with
   * `UNSUPPORTED` where the transport cannot.
   */
  multi<const Steps extends readonly TransactionStep[]>(
    steps: Steps,
    options?: WaitOptions,
  ): Promise<TransactionResults<Steps>>;
  /** The access list; rejects with `UNSUPPORTED` where the transport cannot. */
  getAcl(path: string, options?: WaitOptions): Promise<Acl[]>;
  /** Replaces the access list; `version` is the `aversion` of the stat. */
  setAcl(path: string, acl: readonly Acl[], options?: VersionOptions): Promise<void>;
  /**
   * The changes of a znode, or of a whole tree, from the moment in which the iteration is begun; across connections and
   * sessions, each interruption seen as `resumed`. Rejects with `UNSUPPORTED` where transport or servers (before 3.6)
   * have no persistent watches.
   */
  watch(path: string, options?: WatchOptions): AsyncIterableIterator<ZnodeEvent>;
}
