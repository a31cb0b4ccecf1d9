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

/** What a transport opens, or resumes, its session with. */
export interface TransportOptions {
  /** Servers without a chroot: all paths are absolute. */
  readonly hosts: string;
  readonly sessionTimeoutMs: number;
  readonly auth?: Credentials | undefined;
  /** Resumes this session in place of opening a new one. */
  readonly resume?: SessionCredentials | undefined;
  readonly events: TransportEvents;
}

/** What a watch has seen; `removed` tells that it will see nothing any more. */
export type WatchEventType = 'created' | 'deleted' | 'changed' | 'child' | 'removed';

/** What a transport tells, in the order of its happening, never from inside a call of one of its methods. */
export interface TransportEvents {
  /** The session is served: for the first time or again. Watches set before may be gone without a word: read again. */
  connected(session: { readonly id: bigint; readonly timeoutMs: number }): void;
  /** The connection broke; the transport goes on trying. */
  disconnected(): void;
  /** The session is over, as told by a server; the transport is spent. */
  expired(): void;
  /** The credentials were refused; the transport is spent. */
  authenticationFailed(): void;
  /** A one-shot watch fired. */
  watch(type: WatchEventType, path: string): void;
  /** An operation was acknowledged, told as soon as the answer arrived. */
  contact(contact: Contact): void;
  /** An attempt to begin failed, for instance because a host name does not resolve; the transport goes on trying. */
  attemptFailed(error: Error): void;
  /** The transport cannot work at all, for instance because its native part is missing; it is spent. */
  failed(error: Error): void;
}

/** Times are of `performance.now()`. */
export interface Contact {
  /** When the acknowledged operation was sent: the servers heard of this session then or later. */
  readonly sentAtMs: number;
  readonly acknowledgedAtMs: number;
  /**
   * Whether the answer went through the leader of the ensemble. A server that is cut off from the others answers
   * reads for a while, when the session may already be expired by them.
   */
  readonly throughLeader: boolean;
}

/** Kind of the znode to create. */
export interface TransportCreateOptions {
  readonly ephemeral: boolean;
  readonly sequential: boolean;
}

/**
 * The narrow port between the recipes and a ZooKeeper client: one session, from opening to its end. Operations
 * reject with {@link CoordinationError}s and always settle, at the latest when the transport is closed. Watches are
 * one-shot and told through {@link TransportEvents.watch}.
 */
export interface Transport {
  /** Set from the first connection on. */
  readonly session: (SessionCredentials & { readonly timeoutMs: number }) | undefined;
  /** Creates a znode; resolves with its path, the sequence number included. */
  create(path: string, data: Buffer, options: TransportCreateOptions): Promise<string>;
  /** Data and stat, with a watch for the next change where asked for. */
  get(path: string, watch: boolean): Promise<ZnodeValue>;
  /** Replaces the data, of any version where none is given. */
  set(path: string, data: Buffer, version: number | undefined): Promise<Stat>;
  /** Deletes a znode, of any version where none is given. */
  delete(path: string, version: number | undefined): Promise<void>;
  /** The stat, or undefined where there is no such znode. */
  exists(path: string): Promise<Stat | undefined>;
  /** Names of the children, with a watch for the next change where asked for. */
  children(path: string, watch: boolean): Promise<string[]>;
  /** Reaches the ensemble's leader and comes back: the lightest proof that the session is alive there. */
  sync(): Promise<void>;
  /** Gives the znode an access list of the authenticated user alone. */
  restrict(path: string): Promise<void>;
  /** Ends the session (or leaves it to expire, where no server can be reached) and settles all operations. */
  close(): Promise<void>;
}

/** Begins to connect and returns at once; what happens is told through the events of the options. */
export type TransportFactory = (options: TransportOptions) => Transport;
