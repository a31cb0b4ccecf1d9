import type { ConnectionOptions } from 'node:tls';
import type { CoordinationError } from '../errors/coordination-error.js';
import type { Acl } from './acl.js';
import type { ServerAddress } from './connect-string.js';
import type { Stat, ZnodeValue } from './stat.js';

/** The id and password with which a session is resumed. */
export interface SessionCredentials {
  readonly id: bigint;
  /** 32 hexadecimal digits. */
  readonly password: string;
}

/** A user of ZooKeeper's digest authentication. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** Credentials for SASL's DIGEST-MD5. */
export interface SaslCredentials {
  readonly username: string;
  readonly password: string;
  /** Host part of the service's name at the server; `zk-sasl-md5` by default, as in ZooKeeper's own client. */
  readonly host?: string | undefined;
}

/** What a transport opens, or resumes, its session with. */
export interface TransportOptions {
  /** In any order; without a chroot: all paths are absolute. */
  readonly servers: readonly ServerAddress[];
  readonly sessionTimeoutMs: number;
  readonly auth?: Credentials | undefined;
  readonly sasl?: SaslCredentials | undefined;
  readonly tls?: ConnectionOptions | true | undefined;
  /**
   * Resumes this session in place of opening a new one. With the last transaction id that it has seen, a server that
   * lags behind it is not accepted.
   */
  readonly resume?: (SessionCredentials & { readonly lastZxid?: bigint }) | undefined;
  readonly events: TransportEvents;
}

/** What a watch has seen; `removed` means that it will see nothing any more. */
export type WatchEventType = 'created' | 'deleted' | 'changed' | 'child' | 'removed';

/** What a transport can do, and can prove. Recipes ask for it and choose their way by it. */
export interface TransportCapabilities {
  /** As in `ZOOKEEPER_TRANSPORT`, and for errors. */
  readonly name: string;
  /** Several operations as one transaction. */
  readonly multi: boolean;
  /** Many reads as one request. */
  readonly multiRead: boolean;
  /** Watches that stay, of one znode or of a whole tree. */
  readonly persistentWatches: boolean;
  /** Access lists are set by the creation itself, not by a request after it. */
  readonly createWithAcl: boolean;
  /** Container znodes, and znodes with a time to live. */
  readonly containers: boolean;
  /**
   * Within a session nothing is read that is older than what it has read before, whichever server it is connected to:
   * `always`; or `unless-partitioned`, where a leader of the ensemble that is cut off from its followers, and has not
   * noticed yet, can serve an older state after a reconnection.
   */
  readonly monotonicReads: 'always' | 'unless-partitioned';
}

/** What a transport reports, in the order of its happening, never from inside a call of one of its methods. */
export interface TransportEvents {
  /** The session is served: for the first time or again. One-shot watches set before may be gone without a word: read again. */
  connected(session: { readonly id: bigint; readonly timeoutMs: number }): void;
  /** The connection broke; the transport goes on trying. */
  disconnected(): void;
  /** The session is over, as said by a server; the transport is spent. */
  expired(): void;
  /** The credentials were refused; the transport is spent. */
  authenticationFailed(reason?: Error): void;
  /** A watch fired: a one-shot one, or a persistent one, which goes on. */
  watch(type: WatchEventType, path: string): void;
  /** An operation was acknowledged, reported as soon as the answer arrived. */
  contact(contact: Contact): void;
  /** An attempt to connect failed, for instance because a host name does not resolve; the transport goes on trying. */
  attemptFailed(error: Error): void;
  /** The transport cannot work at all, for instance because its native part is missing; it is spent. */
  failed(error: Error): void;
}

/**
 * Who has vouched for a session by an answer:
 *
 * - `server`: the server that is connected to. Cut off from the others, it goes on answering for a while.
 * - `leader`: the one that takes itself for the ensemble's leader (`sync`). Cut off from its followers, it goes on
 *   answering until it notices, for up to `syncLimit × tickTime`, when they may have elected another.
 * - `quorum`: most of the servers, by a transaction. Only this renews a lease.
 */
export type Proof = 'server' | 'leader' | 'quorum';

/** An acknowledged operation. Times are of `performance.now()`. */
export interface Contact {
  /** When the acknowledged operation was sent: the servers heard of this session then or later. */
  readonly sentAtMs: number;
  readonly acknowledgedAtMs: number;
  readonly provenBy: Proof;
  /** The latest transaction that the server had applied by then; left out by a transport that does not learn it. */
  readonly zxid?: bigint | undefined;
}

/** Kind of the znode to create. Persistent where nothing else is said. */
export interface TransportCreateOptions {
  readonly ephemeral?: boolean | undefined;
  readonly sequential?: boolean | undefined;
  /** Deleted by the servers when its last child is gone. */
  readonly container?: boolean | undefined;
  /** Deleted by the servers when it had no children and no change for this long. */
  readonly ttlMs?: number | undefined;
  /** Open to all where none is given, and with a transport that cannot create with an access list. */
  readonly acl?: readonly Acl[] | undefined;
}

/** What a creation resolves with. */
export interface Created {
  /** The sequence number of a sequential znode included. */
  readonly path: string;
  /** Left out by a transport whose protocol does not answer it. */
  readonly stat?: Stat | undefined;
}

/** A step of a transaction; `version` undefined means any. */
export type TransportOperation =
  | {
      readonly type: 'create';
      readonly path: string;
      readonly data: Buffer;
      readonly options: TransportCreateOptions;
    }
  | {
      readonly type: 'set';
      readonly path: string;
      readonly data: Buffer;
      readonly version?: number | undefined;
    }
  | { readonly type: 'delete'; readonly path: string; readonly version?: number | undefined }
  | { readonly type: 'check'; readonly path: string; readonly version?: number | undefined };

/** What a step of a transaction has done. */
export type TransportResult =
  | ({ readonly type: 'create' } & Created)
  | { readonly type: 'set'; readonly stat: Stat }
  | { readonly type: 'delete' | 'check' };

/**
 * The narrow port between the recipes and a ZooKeeper client: one session, from opening to its end. Paths, versions and
 * sizes were checked above it. Operations reject with {@link CoordinationError}s and always settle, at the latest when
 * the transport is closed. What `capabilities` denies rejects with `UNSUPPORTED`.
 */
export interface Transport {
  /** Set from the first connection on. */
  readonly session: (SessionCredentials & { readonly timeoutMs: number }) | undefined;
  /** Known for good from the first connection on; what a server lacks counts. */
  readonly capabilities: TransportCapabilities;
  /** Creates a znode; rejects with `NODE_EXISTS`, and with `NO_NODE` without a parent. */
  create(path: string, data: Buffer, options: TransportCreateOptions): Promise<Created>;
  /** Data and stat, with a one-shot watch for the next change where asked for. */
  get(path: string, watch: boolean): Promise<ZnodeValue>;
  /**
   * Several of them in one request, in their order; each value or the error of its read. The array of paths does not
   * change afterwards: given again, what was made of it may be used again.
   */
  getMany(paths: readonly string[]): Promise<(ZnodeValue | CoordinationError)[]>;
  /** Replaces the data, of any version where none is given. */
  set(path: string, data: Buffer, version: number | undefined): Promise<Stat>;
  /** Deletes a znode, of any version where none is given. */
  delete(path: string, version: number | undefined): Promise<void>;
  /** The stat, or undefined where there is no such znode; with a one-shot watch, also for its creation. */
  exists(path: string, watch: boolean): Promise<Stat | undefined>;
  /** Names of the children, with a one-shot watch for the next change where asked for. */
  children(path: string, watch: boolean): Promise<string[]>;
  /** All or nothing; rejects with a `TransactionError`. */
  multi(operations: readonly TransportOperation[]): Promise<TransportResult[]>;
  /** Replaces the access list. */
  setAcl(path: string, acl: readonly Acl[], version: number | undefined): Promise<void>;
  /** The access list, with the stat of the same moment. */
  getAcl(path: string): Promise<{ readonly acl: Acl[]; readonly stat: Stat }>;
  /** A watch that stays until it is removed or the session is over. */
  addWatch(path: string, recursive: boolean): Promise<void>;
  /** Takes this session's watches on the znode away. */
  removeWatch(path: string, recursive: boolean): Promise<void>;
  /** Reaches the ensemble's leader and comes back: what the server answers afterwards is as new as the leader was. */
  sync(): Promise<void>;
  /**
   * A transaction of the quorum that changes nothing and fires no watch: resolves when it is acknowledged, whether or
   * not there is a znode of that path. What is read afterwards is as new as everything acknowledged before.
   */
  throughQuorum(path: string): Promise<void>;
  /** Ends the session (or leaves it to expire, where no server can be reached) and settles all operations. */
  close(): Promise<void>;
}

/** Begins to connect and returns at once; what happens is reported through the events of the options. */
export type TransportFactory = (options: TransportOptions) => Transport;
