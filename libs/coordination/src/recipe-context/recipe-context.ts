import type { ConnectionState } from '../connection/connection-state.js';
import type { Logger } from '../observability/logger.js';
import type { Meter } from '../observability/meter.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import type {
  Contact,
  Created,
  TransportCapabilities,
  TransportCreateOptions,
  TransportOperation,
  TransportResult,
} from '../transport/transport.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** What a read that sets a watch gives beside its value: after `unwatch` its listener is not called any more. */
export interface Watched {
  readonly unwatch: Disposer;
}

/**
 * One session, with paths below the client's chroot. Nothing is repeated: operations reject with `CONNECTION_LOSS`
 * where their outcome is not known, and with the reason of `ended` when the session is over. A listener of a watch is
 * called once: when something has changed, or can no longer be watched.
 */
export interface RecipeSession {
  readonly id: bigint;
  /** Negotiated. */
  readonly timeoutMs: number;
  /** Aborts when the session is over, and with it each of its ephemeral znodes. */
  readonly ended: AbortSignal;
  readonly capabilities: TransportCapabilities;
  /** The latest contact that a quorum vouches for: a lease counts from its `sentAtMs`. */
  readonly lastQuorumContact: Contact | undefined;
  /** A transaction of the quorum that changes nothing: what is read afterwards is as new as what it saw. */
  throughQuorum(path: string): Promise<void>;
  /** Creates a znode, once; resolves with its path and stat. */
  create(path: string, data: Buffer, options?: TransportCreateOptions): Promise<Created>;
  /** Creates the path and its missing parents as persistent znodes. */
  ensurePath(path: string): Promise<void>;
  /** Replaces the data, of this version if one is given; resolves with the new stat. */
  set(path: string, data: Buffer, version?: number): Promise<Stat>;
  /** Deletes a znode without children, of this version if one is given. */
  delete(path: string, version?: number): Promise<void>;
  /** All or nothing; rejects with a `TransactionError`. */
  multi(operations: readonly TransportOperation[]): Promise<TransportResult[]>;
  /** Data and stat. */
  get(path: string): Promise<ZnodeValue>;
  /** Data and stat; the listener is called when the znode changes or goes. */
  getWatched(path: string, listener: () => void): Promise<ZnodeValue & Watched>;
  /** The stat; undefined where there is no such znode. */
  exists(path: string): Promise<Stat | undefined>;
  /** The same; the listener is called when the znode comes, changes or goes. */
  existsWatched(path: string, listener: () => void): Promise<{ readonly stat: Stat | undefined } & Watched>;
  /** Names of the children, in no order. */
  children(path: string): Promise<string[]>;
  /** The same; the listener is called when a child comes or goes, or the parent goes. */
  childrenWatched(path: string, listener: () => void): Promise<{ readonly names: string[] } & Watched>;
}

/**
 * One wait for a reason to read again: a watch that fires, a reconnection (anything may have happened in between), or the
 * end of the session.
 */
export interface RecipeWakeUp extends Disposable {
  /** The listener to set watches with. */
  readonly wake: () => void;
  /** Ends the watch for this client at the end of the wait, whether or not it has fired. */
  watchedBy(unwatch: Disposer): void;
  /** Resolves when woken; rejects with the reason of the session's end, or of the signal. */
  wait(signal?: AbortSignal): Promise<void>;
}

/** What a recipe outside of this library needs of a client, beside its operations; see `client.recipe`. */
export interface RecipeContext {
  readonly state: ConnectionState;
  readonly logger: Logger;
  readonly meter: Meter;
  readonly retry: RetryPolicy;
  /** Aborts when the client is closed, with the error that waits are to reject with. */
  readonly closing: AbortSignal;
  /** Called at each change of the connection's state. */
  onState(listener: (state: ConnectionState) => void): Disposer;
  /** The session there is, as soon as it is served. */
  session(options?: WaitOptions): Promise<RecipeSession>;
  /** Resolves when this session is served again; rejects with the reason of its end. */
  usable(session: RecipeSession, options?: WaitOptions): Promise<void>;
  /** Runs what can be sent again without harm, in whichever session there is, until it is answered. */
  repeated<T>(operation: (session: RecipeSession) => Promise<T>, options?: WaitOptions): Promise<T>;
  /** Make it before the read that sets the watch. */
  wakeUp(session: RecipeSession): RecipeWakeUp;
  /** Called, and waited for within bounds, before the client's session is closed. */
  beforeClose(closer: () => Promise<void>): Disposer;
}
