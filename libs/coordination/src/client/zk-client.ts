import {
  checkFunction,
  checkInteger,
  checkMilliseconds,
  checkOptions,
  invalid,
  maxTimerMs,
} from '../arguments/arguments.js';
import { guardedLogger, guardedMeter } from '../observability/guarded.js';
import { readChildren, type ChildValues } from '../children/read-children.js';
import type { Codec } from '../codec/codec.js';
import type { Counter, CounterOptions } from '../counter/counter.js';
import { VersionedCounter } from '../counter/versioned-counter.js';
import type { DoubleBarrier, DoubleBarrierOptions } from '../double-barrier/double-barrier.js';
import { KazooDoubleBarrier } from '../double-barrier/kazoo-double-barrier.js';
import type { Discovery, DiscoveryOptions } from '../discovery/discovery.js';
import { openDiscovery } from '../discovery/service-discovery.js';
import type { Election, ElectionOptions } from '../election/election.js';
import { LockElection } from '../election/lock-election.js';
import type { Group, GroupOptions } from '../group/group.js';
import { openGroup } from '../group/group-cache.js';
import { ContendedLock } from '../lock/contended-lock.js';
import type { Lock, LockOptions } from '../lock/lock.js';
import { openMembership } from '../membership/group-membership.js';
import type { Membership, MembershipOptions } from '../membership/membership.js';
import { silentLogger } from '../observability/logger.js';
import { silentMeter } from '../observability/meter.js';
import { KazooParty } from '../party/kazoo-party.js';
import type { Party, PartyOptions } from '../party/party.js';
import { contextOf } from '../recipe-context/keeper-context.js';
import type { RecipeContext } from '../recipe-context/recipe-context.js';
import { openReadWriteLock } from '../read-write-lock/lock-side.js';
import type { ReadWriteLock, ReadWriteLockOptions } from '../read-write-lock/read-write-lock.js';
import type { RegisterOptions, Registration } from '../registration/registration.js';
import { Registrar } from '../registration/registrar.js';
import { checkRetryPolicy } from '../retry/retry-policy.js';
import { KazooSemaphore } from '../semaphore/kazoo-semaphore.js';
import type { Semaphore, SemaphoreOptions } from '../semaphore/semaphore.js';
import type { Credentials } from '../transport/transport.js';
import { wireTransport } from '../transport/wire/wire-transport.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { onAbort } from '../waiting/on-abort.js';
import type { Client, ClientOptions } from './client.js';
import type { ConnectionState } from '../connection/connection-state.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { openNodeCache } from '../node-cache/open-node-cache.js';
import type { NodeCache, NodeCacheOptions } from '../node-cache/node-cache.js';
import { openTreeCache } from '../tree-cache/open-tree-cache.js';
import type { TreeCache } from '../tree-cache/tree-cache.js';
import { ZnodeOperations } from './znode-operations.js';
import { SessionKeeper } from '../connection/session-keeper.js';

const defaultSessionTimeoutMs = 10_000;

/** The client over a {@link SessionKeeper}: single operations here, each recipe in its own folder. */
export class ZkClient extends ZnodeOperations implements Client {
  readonly #keeper: SessionKeeper;
  readonly #registrar: Registrar;

  constructor(options: ClientOptions) {
    const {
      hosts,
      sessionTimeoutMs = defaultSessionTimeoutMs,
      auth,
      signal,
      operationTimeoutMs = Infinity,
    } = checkOptions(options, 'the options of a client');
    checkInteger(sessionTimeoutMs, 'sessionTimeoutMs', 1, maxTimerMs);
    checkMilliseconds(operationTimeoutMs, 'operationTimeoutMs', { orInfinity: true });
    if (auth !== undefined) checkCredentials(auth);
    const logger = guardedLogger(options.logger ?? silentLogger);
    const keeper = new SessionKeeper({
      hosts,
      sessionTimeoutMs,
      auth,
      sasl: options.sasl,
      tls: options.tls,
      logger,
      meter: guardedMeter(options.meter ?? silentMeter, logger),
      retry: checkRetryPolicy(options.retry),
      transport: options.transport ?? wireTransport,
    });
    super(keeper, operationTimeoutMs);
    this.#keeper = keeper;
    this.#registrar = new Registrar(keeper);
    if (signal) {
      const unlisten = onAbort(signal, () => void this.close());
      onAbort(this.#keeper.closing, unlisten);
    }
  }

  get state(): ConnectionState {
    return this.#keeper.state;
  }

  get sessionId(): bigint | undefined {
    return this.#keeper.latestSession?.id;
  }

  get sessionTimeoutMs(): number {
    return this.#keeper.sessionTimeoutMs;
  }

  on(_event: 'state', listener: (state: ConnectionState) => void): Disposer {
    return this.#keeper.onState(listener);
  }

  states({ signal }: WaitOptions = {}): AsyncIterableIterator<ConnectionState> {
    const queue = new AsyncQueue<ConnectionState>({ signal });
    const unlisten = this.#keeper.onState((state) => {
      queue.push(state);
      if (state === 'closed') queue.end();
    });
    queue.onDone(unlisten);
    queue.push(this.state);
    if (this.state === 'closed') queue.end();
    return queue;
  }

  async connected({ signal }: WaitOptions = {}): Promise<void> {
    await this.#keeper.session(signal);
  }

  readChildren(parentPath: string, { signal }: WaitOptions = {}): Promise<ChildValues> {
    return this.repeatedly(parentPath, signal, (session) => readChildren(session, parentPath, signal));
  }

  register<T>(
    parentPath: string,
    options: RegisterOptions<T> & { readonly codec?: Codec<T> | undefined },
  ): Promise<Registration<T>> {
    return this.#registrar.register(parentPath, options);
  }

  group<T>(parentPath: string, options: GroupOptions<T>): Promise<Group<T>> {
    return openGroup(this.#keeper, parentPath, options);
  }

  nodeCache<T>(path: string, options: NodeCacheOptions<T>): Promise<NodeCache<T>> {
    return openNodeCache(this.#keeper, path, options);
  }

  treeCache(path: string, options?: WaitOptions): Promise<TreeCache> {
    return openTreeCache(this.#keeper, path, options);
  }

  election(path: string, options: ElectionOptions): Election {
    return new LockElection(this.#keeper, path, options);
  }

  lock(path: string, options: LockOptions): Lock {
    return new ContendedLock(this.#keeper, path, options);
  }

  readWriteLock(path: string, options: ReadWriteLockOptions): ReadWriteLock {
    return openReadWriteLock(this.#keeper, path, options);
  }

  semaphore(path: string, options: SemaphoreOptions): Semaphore {
    return new KazooSemaphore(this.#keeper, path, options);
  }

  doubleBarrier(path: string, options: DoubleBarrierOptions): DoubleBarrier {
    return new KazooDoubleBarrier(this.#keeper, path, options);
  }

  counter(path: string, options?: CounterOptions): Counter {
    return new VersionedCounter(this.#keeper, path, options);
  }

  party(path: string, options: PartyOptions): Party {
    return new KazooParty(this.#keeper, this.#registrar, path, options);
  }

  membership<T>(path: string, options: MembershipOptions<T>): Promise<Membership<T>> {
    return openMembership(this.#keeper, this.#registrar, path, options);
  }

  discovery(path: string, options: DiscoveryOptions = {}): Promise<Discovery> {
    return openDiscovery(this.#keeper, this.#registrar, path, options);
  }

  recipe<T>(build: (context: RecipeContext) => T): T {
    checkFunction(build, 'build');
    return build(contextOf(this.#keeper));
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function checkCredentials({ user, password }: Credentials): void {
  if (typeof user !== 'string' || user === '' || user.includes(':'))
    throw invalid('auth.user', user, 'a name that is not empty and has no ":"');
  if (typeof password !== 'string') throw invalid('auth.password', typeof password, 'a string');
}
