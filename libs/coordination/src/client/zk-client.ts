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
import { CoordinationError } from '../errors/coordination-error.js';
import { isRetryable } from '../errors/is-retryable.js';
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
import { defaultRetryPolicy, retryDelayMs } from '../retry/retry-policy.js';
import { KazooSemaphore } from '../semaphore/kazoo-semaphore.js';
import type { Semaphore, SemaphoreOptions } from '../semaphore/semaphore.js';
import { nativeTransport } from '../transport/native/native-transport.js';
import { abortable, delay } from '../waiting/abortable.js';
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
    const { hosts, sessionTimeoutMs = defaultSessionTimeoutMs, auth, signal } = options;
    if (!Number.isInteger(sessionTimeoutMs) || sessionTimeoutMs <= 0 || sessionTimeoutMs > 2 ** 31 - 1) {
      throw new CoordinationError(
        'INVALID_ARGUMENT',
        `sessionTimeoutMs is ${sessionTimeoutMs}: give a whole number of milliseconds above 0`,
      );
    }
    this.#keeper = new SessionKeeper({
      hosts,
      sessionTimeoutMs,
      auth,
      logger: options.logger ?? silentLogger,
      meter: options.meter ?? silentMeter,
      retry: { ...defaultRetryPolicy, ...options.retry },
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
    const { data = '', ephemeral = false, sequential = false, signal } = options;
    return this.#write(signal, (session) =>
      session.create(path, Buffer.from(data), { ephemeral, sequential }),
    );
  }

  get(path: string, { signal }: WaitOptions = {}): Promise<ZnodeValue> {
    return this.#read(signal, (session) => session.get(path));
  }

  set(path: string, data: Buffer | string, { version, signal }: VersionOptions = {}): Promise<Stat> {
    return this.#write(signal, (session) => session.set(path, Buffer.from(data), version));
  }

  delete(path: string, { version, signal }: VersionOptions = {}): Promise<void> {
    return this.#write(signal, (session) => session.delete(path, version));
  }

  exists(path: string, { signal }: WaitOptions = {}): Promise<Stat | undefined> {
    return this.#read(signal, (session) => session.exists(path));
  }

  children(path: string, { signal }: WaitOptions = {}): Promise<string[]> {
    return this.#read(signal, (session) => session.children(path));
  }

  ensurePath(path: string, { signal }: WaitOptions = {}): Promise<void> {
    return this.#read(signal, (session) => session.ensurePath(path));
  }

  readChildren(parentPath: string, { signal }: WaitOptions = {}): Promise<ChildValues> {
    return this.#read(signal, (session) => readChildren(session, parentPath, signal));
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

  async #write<T>(signal: AbortSignal | undefined, operation: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#keeper.session(signal);
    return abortable(operation(session), signal);
  }

  /** For what can be sent again without harm. */
  async #read<T>(signal: AbortSignal | undefined, operation: (session: Session) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#write(signal, operation);
      } catch (error) {
        if (!isRetryable(error) || this.#keeper.closing.aborted) throw error;
        await delay(retryDelayMs(this.#keeper.retry, attempt), signal);
      }
    }
  }
}
