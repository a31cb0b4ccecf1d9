import type { NodeCache, NodeCacheOptions } from '../node-cache/node-cache.js';
import type { TreeCache } from '../tree-cache/tree-cache.js';
import type { Znodes } from './znodes.js';
import type { ConnectionState } from '../connection/connection-state.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { Codec } from '../codec/codec.js';
import type { ChildValues } from '../children/read-children.js';
import type { Counter, CounterOptions } from '../counter/counter.js';
import type { DoubleBarrier, DoubleBarrierOptions } from '../double-barrier/double-barrier.js';
import type { Discovery, DiscoveryOptions } from '../discovery/discovery.js';
import type { Election, ElectionOptions } from '../election/election.js';
import type { Group, GroupOptions } from '../group/group.js';
import type { Lock, LockOptions } from '../lock/lock.js';
import type { Membership, MembershipOptions } from '../membership/membership.js';
import type { Logger } from '../observability/logger.js';
import type { Meter } from '../observability/meter.js';
import type { Party, PartyOptions } from '../party/party.js';
import type { RecipeContext } from '../recipe-context/recipe-context.js';
import type { ReadWriteLock, ReadWriteLockOptions } from '../read-write-lock/read-write-lock.js';
import type { RegisterOptions, Registration } from '../registration/registration.js';
import type { RetryPolicy } from '../retry/retry-policy.js';
import type { Semaphore, SemaphoreOptions } from '../semaphore/semaphore.js';
import type { ConnectionOptions } from 'node:tls';
import type { Credentials, SaslCredentials, TransportFactory } from '../transport/transport.js';

/** How a client reaches ZooKeeper, and where it logs and counts. */
export interface ClientOptions {
  /** Connect string: `host:port,host:port/chroot`; the port defaults to 2181. */
  readonly hosts: string;
  /** Asked for; the servers may negotiate another. Default 10,000. */
  readonly sessionTimeoutMs?: number | undefined;
  /** Digest authentication; znodes are then given an access list of that user alone. */
  readonly auth?: Credentials | undefined;
  /** SASL's DIGEST-MD5; needs the wire transport. */
  readonly sasl?: SaslCredentials | undefined;
  /**
   * Connects by TLS: `true`, or options of Node's `tls.connect` such as `ca`, `cert` and `key`; certificates are checked
   * against the names in `hosts`. Needs the wire transport.
   */
  readonly tls?: ConnectionOptions | true | undefined;
  /** Closes the client when aborted. */
  readonly signal?: AbortSignal | undefined;
  readonly logger?: Logger | undefined;
  readonly meter?: Meter | undefined;
  /**
   * How long a single operation may take, the wait for a connection included: it rejects with `OPERATION_TIMEOUT` then.
   * Default `Infinity`.
   */
  readonly operationTimeoutMs?: number | undefined;
  /** How waits between attempts grow. */
  readonly retry?: Partial<RetryPolicy> | undefined;
  /** Opens sessions; default `wireTransport`. */
  readonly transport?: TransportFactory | undefined;
}

/** {@link ClientOptions}, and how long to wait for the first connection. */
export interface ConnectOptions extends ClientOptions {
  /** How long {@link connect} waits for the first connection; `Infinity` for ever. Default 30,000. */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * One object for as long as the process coordinates: behind it sessions come and go. All operations wait for a
 * connection first. It is made of single operations, {@link Znodes}, and of the recipes.
 */
export interface Client extends Znodes, AsyncDisposable {
  readonly state: ConnectionState;
  /** Id of the current or latest session; undefined before the first. */
  readonly sessionId: bigint | undefined;
  /** As negotiated with the servers; as asked for before the first connection. */
  readonly sessionTimeoutMs: number;

  /** Called with each change of state, in order. */
  on(event: 'state', listener: (state: ConnectionState) => void): Disposer;
  /** The current state, then each change in order; ends after `closed`. Rejects with the signal's reason on abort. */
  states(options?: WaitOptions): AsyncIterableIterator<ConnectionState>;
  /** Resolves as soon as the client is connected; rejects when it is closed first. */
  connected(options?: WaitOptions): Promise<void>;

  /** Values of all children in one pipelined pass; see {@link ChildValues}. */
  readChildren(parentPath: string, options?: WaitOptions): Promise<ChildValues>;
  /** Holds an ephemeral znode `<parentPath>/<id>` until closed; see {@link Registration}. */
  register<T>(
    parentPath: string,
    options: RegisterOptions<T> & { readonly codec: Codec<T> },
  ): Promise<Registration<T>>;
  /** The same for text, numbers (as decimal text) and Buffers, which need no codec. */
  register<T extends string | number | Buffer>(
    parentPath: string,
    options: RegisterOptions<T> & { readonly codec?: undefined },
  ): Promise<Registration<T extends string ? string : T extends number ? number : Buffer>>;
  /** A live cache of one znode, known when the promise resolves; see {@link NodeCache}. */
  nodeCache<T>(path: string, options: NodeCacheOptions<T>): Promise<NodeCache<T>>;
  /** A live cache of a znode and all below it, complete when the promise resolves; see {@link TreeCache}. */
  treeCache(path: string, options?: WaitOptions): Promise<TreeCache>;
  /** A live cache of the children's values, complete when the promise resolves; see {@link Group}. */
  group<T>(parentPath: string, options: GroupOptions<T>): Promise<Group<T>>;
  /** Takes part in, or looks at, the election under this path; nothing happens before a method is called. */
  election(path: string, options: ElectionOptions): Election;
  /** A lock that all who use the same path contend for; see {@link Lock}. */
  lock(path: string, options: LockOptions): Lock;
  /** A lock that many readers or one writer hold; see {@link ReadWriteLock}. */
  readWriteLock(path: string, options: ReadWriteLockOptions): ReadWriteLock;
  /** At most a number of holders at a time; see {@link Semaphore}. */
  semaphore(path: string, options: SemaphoreOptions): Semaphore;
  /** Members that begin and end together; see {@link DoubleBarrier}. */
  doubleBarrier(path: string, options: DoubleBarrierOptions): DoubleBarrier;
  /** An integer that all who use the same path share; see {@link Counter}. */
  counter(path: string, options?: CounterOptions): Counter;
  /** Who takes part, as kazoo's `Party` lists it; see {@link Party}. */
  party(path: string, options: PartyOptions): Party;
  /** A group to watch, to join and to leave; complete when the promise resolves; see {@link Membership}. */
  membership<T>(path: string, options: MembershipOptions<T>): Promise<Membership<T>>;
  /** The living instances of a service and their leader, known when the promise resolves; see {@link Discovery}. */
  discovery(path: string, options?: DiscoveryOptions): Promise<Discovery>;
  /**
   * A recipe of one's own: what `build` makes of sessions, their ends and their watches, which this client's operations
   * keep to themselves.
   */
  recipe<T>(build: (context: RecipeContext) => T): T;

  /**
   * Ends terms and registrations, then the session. Idempotent; every wait that is still pending rejects with
   * `CLIENT_CLOSED`.
   */
  close(): Promise<void>;
}
