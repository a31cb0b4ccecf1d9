import {
  checkData,
  checkInteger,
  checkOptions,
  checkVersion,
  invalid,
  maxTimerMs,
} from '../arguments/arguments.js';
import { repeated } from '../connection/repeated.js';
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
import { openReadWriteLock } from '../read-write-lock/lock-side.js';
import type { ReadWriteLock, ReadWriteLockOptions } from '../read-write-lock/read-write-lock.js';
import type { RegisterOptions, Registration } from '../registration/registration.js';
import { Registrar } from '../registration/registrar.js';
import { checkRetryPolicy } from '../retry/retry-policy.js';
import { KazooSemaphore } from '../semaphore/kazoo-semaphore.js';
import type { Semaphore, SemaphoreOptions } from '../semaphore/semaphore.js';
import type { Credentials } from '../transport/transport.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { nativeTransport } from '../transport/native/native-transport.js';
import { abortable } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { onAbort } from '../waiting/on-abort.js';
import type { Client, ClientOptions, CreateOptions, VersionOptions } from './client.js';
import type { ConnectionState } from '../connection/connection-state.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';

const defaultSessionTimeoutMs = 10_000;

/** The client over a {@link SessionKeeper}: single operations here, each recipe in its own folder. */
export class ZkClient implements Client {
  readonly #keeper: SessionKeeper;
  readonly #registrar: Registrar;

  constructor(options: ClientOptions) {
    const {
      hosts,
      sessionTimeoutMs = defaultSessionTimeoutMs,
      auth,
      signal,
    } = checkOptions(options, 'the options of a client');
    checkInteger(sessionTimeoutMs, 'sessionTimeoutMs', 1, maxTimerMs);
    if (auth !== undefined) checkCredentials(auth);
    const logger = guardedLogger(options.logger ?? silentLogger);
    this.#keeper = new SessionKeeper({
      hosts,
      sessionTimeoutMs,
      auth,
      sasl: options.sasl,
      tls: options.tls,
      logger,
      meter: guardedMeter(options.meter ?? silentMeter, logger),
      retry: checkRetryPolicy(options.retry),
      transport: options.transport ?? nativeTransport,
    });
    this.#registrar = new Registrar(this.#keeper);
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

  create(path: string, options: CreateOptions = {}): Promise<string> {
    return this.#checked(() => {
      assertCreatable(path, options);
      const { data, signal, ...kind } = options;
      const bytes = checkData(data, path);
      return this.#write(signal, async (session) => (await session.create(path, bytes, kind)).path);
    });
  }

  get(path: string, { signal }: WaitOptions = {}): Promise<ZnodeValue> {
    return this.#checked(() => {
      assertZnodePath(path);
      return this.#read(signal, (session) => session.get(path));
    });
  }

  set(path: string, data: Buffer | string, { version, signal }: VersionOptions = {}): Promise<Stat> {
    return this.#checked(() => {
      assertZnodePath(path);
      const bytes = checkData(data, path);
      checkVersion(version, path);
      return this.#write(signal, (session) => session.set(path, bytes, version));
    });
  }

  delete(path: string, { version, signal }: VersionOptions = {}): Promise<void> {
    return this.#checked(() => {
      assertZnodePath(path);
      checkVersion(version, path);
      if (path === '/') throw invalid('path', path, 'another znode: the root cannot be deleted', path);
      return this.#write(signal, (session) => session.delete(path, version));
    });
  }

  exists(path: string, { signal }: WaitOptions = {}): Promise<Stat | undefined> {
    return this.#checked(() => {
      assertZnodePath(path);
      return this.#read(signal, (session) => session.exists(path));
    });
  }

  children(path: string, { signal }: WaitOptions = {}): Promise<string[]> {
    return this.#checked(() => {
      assertZnodePath(path);
      return this.#read(signal, (session) => session.children(path));
    });
  }

  ensurePath(path: string, { signal }: WaitOptions = {}): Promise<void> {
    return this.#read(signal, (session) => session.ensurePath(path));
  }

  readChildren(parentPath: string, { signal }: WaitOptions = {}): Promise<ChildValues> {
    return this.#checked(() => {
      assertZnodePath(parentPath);
      return this.#read(signal, (session) => readChildren(session, parentPath, signal));
    });
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

  membership<T>(path: string, options: MembershipOptions<T>): Promise<Membership<T>> {
    return openMembership(this.#keeper, this.#registrar, path, options);
  }

  discovery(path: string, options: DiscoveryOptions = {}): Promise<Discovery> {
    return openDiscovery(this.#keeper, this.#registrar, path, options);
  }

  close(): Promise<void> {
    return this.#keeper.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What an argument is refused with rejects, as any other failure does. */
  async #checked<T>(operation: () => Promise<T>): Promise<T> {
    return operation();
  }

  async #write<T>(signal: AbortSignal | undefined, operation: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#keeper.session(signal);
    return abortable(operation(session), signal);
  }

  /** For what can be sent again without harm. */
  #read<T>(signal: AbortSignal | undefined, operation: (session: Session) => Promise<T>): Promise<T> {
    return repeated(this.#keeper, signal, operation);
  }
}

function checkCredentials({ user, password }: Credentials): void {
  if (typeof user !== 'string' || user === '' || user.includes(':'))
    throw invalid('auth.user', user, 'a name that is not empty and has no ":"');
  if (typeof password !== 'string') throw invalid('auth.password', typeof password, 'a string');
}

/** `/seq/` is a path for a sequential znode: its name is the sequence number alone. */
function assertCreatable(path: string, { sequential }: CreateOptions): void {
  assertZnodePath(sequential === true && typeof path === 'string' ? `${path}0` : path);
  if (path === '/') throw invalid('path', path, 'a path below "/": the root is always there', path);
}
