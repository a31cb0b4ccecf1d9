import type { Stat, ZnodeValue } from '../../connection/stat.js';
import { CoordinationError } from '../../errors/coordination-error.js';
import { settledWithin } from '../../waiting/abortable.js';
import { deferred, type Deferred } from '../../waiting/deferred.js';
import { parseConnectString } from '../connect-string.js';
import type {
  Contact,
  Transport,
  TransportCreateOptions,
  TransportFactory,
  TransportOptions,
  WatchEventType,
} from '../transport.js';
import { assertZnodePath } from '../znode-path.js';
import { resolveServers, systemResolver, type Resolver } from './addresses.js';
import { newNativeHandle, type NativeCallback, type NativeHandle } from './binding.js';
import { DeliveryQueue } from './delivery-queue.js';
import { sessionIdOf, statOf, type NativeStat } from './native-stat.js';
import * as rc from './result-codes.js';

const EPHEMERAL = 1;
const SEQUENTIAL = 2;
const ANY_VERSION = -1;
/** A server's default `jute.maxbuffer`; a larger request makes it drop the connection, and neighbours fail with it. */
const maxRequestBytes = 0xfffff;
const requestOverheadBytes = 256;
/** How long `close` waits for operations under way to be answered. */
const drainMs = 1_000;
const resolveRetryMs = 1_000;

const watchEvents: Readonly<Record<string, WatchEventType>> = {
  created: 'created',
  deleted: 'deleted',
  changed: 'changed',
  child: 'child',
  notwatching: 'removed',
};

interface PendingOperation {
  readonly operation: string;
  readonly path: string;
  fail(error: CoordinationError): void;
}

export interface NativeTransportSettings {
  readonly resolver?: Resolver | undefined;
}

/**
 * The port over the npm package `zookeeper` 7.3.0, with all that package's traps handled in this folder. One native
 * object serves one session: a closed one cannot be used again.
 *
 * Limits of this transport: no TLS, no SASL, no multi, no persistent watches; an access list is set by a second
 * request after the creation; transaction ids are exact up to epoch 2,097,151; main thread only.
 */
export class NativeTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #resolver: Resolver;
  readonly #queue: DeliveryQueue;
  readonly #pending = new Set<PendingOperation>();
  #handle: NativeHandle | undefined;
  #session: Transport['session'];
  #ending: rc.Ending = 'open';
  #closing: Promise<void> | undefined;
  #connected = false;
  #drained: Deferred<void> | undefined;
  #addresses = '';
  #refreshTimer: NodeJS.Timeout | undefined;
  #contacts: { any?: Contact; leader?: Contact } = {};

  constructor(options: TransportOptions, settings: NativeTransportSettings = {}) {
    this.#options = options;
    this.#resolver = settings.resolver ?? systemResolver;
    this.#queue = new DeliveryQueue(() => {
      this.#tellContacts();
    });
    void this.#begin();
  }

  get session(): Transport['session'] {
    return this.#session;
  }

  create(path: string, data: Buffer, { ephemeral, sequential }: TransportCreateOptions): Promise<string> {
    const flags = (ephemeral ? EPHEMERAL : 0) | (sequential ? SEQUENTIAL : 0);
    return this.#submit(
      'create',
      path,
      true,
      (handle, callback) => {
        assertRequestSize(path, data);
        return handle.a_create(path, data, flags, callback);
      },
      (created) => created as string,
    );
  }

  get(path: string, watch: boolean): Promise<ZnodeValue> {
    return this.#submit(
      'get',
      path,
      false,
      (handle, callback) => handle.a_get(path, watch, callback),
      (stat, data) => ({
        data: (data as Buffer | null) ?? Buffer.alloc(0),
        stat: statOf(stat as NativeStat),
      }),
    );
  }

  set(path: string, data: Buffer, version: number | undefined): Promise<Stat> {
    return this.#submit(
      'set',
      path,
      true,
      (handle, callback) => {
        assertRequestSize(path, data);
        return handle.a_set(path, data, version ?? ANY_VERSION, callback);
      },
      (stat) => statOf(stat as NativeStat),
    );
  }

  delete(path: string, version: number | undefined): Promise<void> {
    return this.#submit(
      'delete',
      path,
      true,
      (handle, callback) => handle.a_delete_(path, version ?? ANY_VERSION, callback),
      () => undefined,
    );
  }

  exists(path: string): Promise<Stat | undefined> {
    return this.#submit(
      'exists',
      path,
      false,
      (handle, callback) => handle.a_exists(path, false, callback),
      (stat) => (stat === null ? undefined : statOf(stat as NativeStat)),
      rc.NO_NODE,
    );
  }

  children(path: string, watch: boolean): Promise<string[]> {
    return this.#submit(
      'list children of',
      path,
      false,
      (handle, callback) => handle.a_get_children(path, watch, callback),
      (names) => names as string[],
    );
  }

  sync(): Promise<void> {
    return this.#submit(
      'sync',
      '/',
      true,
      (handle, callback) => handle.a_sync('/', callback),
      () => undefined,
    );
  }

  restrict(path: string): Promise<void> {
    const everything = 31;
    return this.#submit(
      'set the access list of',
      path,
      true,
      (handle, callback) =>
        handle.a_set_acl(path, ANY_VERSION, [{ perm: everything, scheme: 'auth', auth: '' }], callback),
      () => undefined,
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #begin(): Promise<void> {
    try {
      const { servers } = parseConnectString(this.#options.hosts);
      const handle = await newNativeHandle();
      for (;;) {
        try {
          this.#addresses = await resolveServers(servers, this.#resolver);
          break;
        } catch (error) {
          if (this.#closing) return;
          this.#options.events.attemptFailed(error as Error);
          await new Promise((resolve) => setTimeout(resolve, resolveRetryMs).unref());
        }
      }
      // Closed in the meantime: a handle that was never initialised has nothing to close.
      if (this.#isClosing()) return;
      this.#initialise(handle);
    } catch (error) {
      this.#options.events.failed(error as Error);
    }
  }

  /** Behind a method since the compiler does not know that the field changes during an `await`. */
  #isClosing(): boolean {
    return this.#closing !== undefined;
  }

  /** Exactly once for each handle: a second `init` would leak a session. */
  #initialise(handle: NativeHandle): void {
    const { sessionTimeoutMs, auth, resume } = this.#options;
    handle.emit = (event, _handle, argument) => {
      this.#onNativeEvent(event, argument);
    };
    const result = handle.init({
      connect: this.#addresses,
      timeout: sessionTimeoutMs,
      // 0 turns the client's own log on stderr off.
      debug_level: 0,
      host_order_deterministic: false,
      // Its default of 10 takes eleven partial reads in a row, as of one 800 kB value, for an expiry.
      response_counter_limit: 2_147_483_647,
      ...(resume ? { client_id: resume.id.toString(16), client_password: resume.password } : {}),
    });
    if (result instanceof Error) throw result;
    this.#handle = handle;
    if (auth) {
      handle.add_auth('digest', `${auth.user}:${auth.password}`, () => {});
    }
  }

  #onNativeEvent(event: string, argument: unknown): void {
    const { events } = this.#options;
    const watch = watchEvents[event];
    if (watch) {
      const path = String(argument);
      this.#queue.push(() => {
        events.watch(watch, path);
      });
    } else if (event === 'connect' && this.#handle) {
      const { client_id: id, client_password: password, timeout: timeoutMs } = this.#handle;
      const session = { id: sessionIdOf(id), password, timeoutMs };
      this.#queue.push(() => {
        this.#session = session;
        this.#connected = true;
        clearInterval(this.#refreshTimer);
        if (!this.#closing) events.connected(session);
      });
    } else if (event === 'connecting') {
      this.#queue.push(() => {
        this.#connected = false;
        this.#refreshAddresses();
        if (!this.#closing) events.disconnected();
      });
    } else if (event === 'close') {
      this.#onNativeClose(Number(argument));
    }
  }

  #onNativeClose(code: number): void {
    if (this.#ending === 'open') this.#ending = code === rc.SESSION_EXPIRED ? 'expired' : 'closed';
    this.#queue.push(() => {
      clearInterval(this.#refreshTimer);
      this.#connected = false;
      this.#settleAll();
      if (this.#closing) return;
      if (code === rc.AUTHENTICATION_FAILED) this.#options.events.authenticationFailed();
      else this.#options.events.expired();
    });
  }

  #submit<T>(
    operation: string,
    path: string,
    throughLeader: boolean,
    send: (handle: NativeHandle, callback: NativeCallback) => number,
    answer: (...results: unknown[]) => T,
    alsoFine: number = rc.OK,
  ): Promise<T> {
    const handle = this.#handle;
    if (!handle || this.#closing || this.#ending !== 'open') {
      return Promise.reject(
        this.#ending === 'open' && !this.#closing
          ? new CoordinationError('CONNECTION_LOSS', `${operation} ${path} was not sent: not connected yet`, {
              path,
            })
          : rc.endingError(operation, path, this.#ending === 'open' ? 'closed' : this.#ending),
      );
    }
    const { promise, resolve, reject } = deferred<T>();
    const pending: PendingOperation = { operation, path, fail: reject };
    const sentAtMs = performance.now();
    const failed = (code: number) => {
      this.#queue.push(() => {
        this.#forget(pending);
        reject(rc.errorOf(operation, path, code, this.#ending));
      });
    };
    const callback: NativeCallback = (result, _text, ...results) => {
      if (result !== rc.OK && result !== alsoFine) {
        failed(result);
        return;
      }
      this.#noteContact({ sentAtMs, acknowledgedAtMs: performance.now(), throughLeader });
      this.#queue.push(() => {
        this.#forget(pending);
        resolve(answer(...results));
      });
    };
    try {
      assertZnodePath(path);
      const code = send(handle, callback);
      this.#pending.add(pending);
      if (code !== rc.OK) failed(code);
    } catch (error) {
      reject(error);
    }
    return promise;
  }

  /** Of the answers that arrive together the latest is told: it says most of the session. */
  #noteContact(contact: Contact): void {
    this.#contacts.any = contact;
    if (contact.throughLeader) this.#contacts.leader = contact;
  }

  #tellContacts(): void {
    const { any, leader } = this.#contacts;
    this.#contacts = {};
    if (leader) this.#options.events.contact(leader);
    if (any && any !== leader) this.#options.events.contact(any);
  }

  /** While cut off, names are resolved again from time to time: the servers may have moved to other addresses. */
  #refreshAddresses(): void {
    clearInterval(this.#refreshTimer);
    const { servers } = parseConnectString(this.#options.hosts);
    this.#refreshTimer = setInterval(() => {
      void resolveServers(servers, this.#resolver)
        .then((addresses) => {
          if (this.#connected || this.#closing || this.#ending !== 'open' || addresses === this.#addresses)
            return;
          this.#addresses = addresses;
          this.#handle?.set_servers(addresses);
        })
        // An outage of the name server: the addresses known so far stay in use.
        .catch(() => {});
    }, this.#options.sessionTimeoutMs / 2);
    this.#refreshTimer.unref();
  }

  async #close(): Promise<void> {
    clearInterval(this.#refreshTimer);
    const handle = this.#handle;
    if (handle && this.#ending === 'open') {
      if (this.#connected) await this.#drain();
      // From setImmediate: called in the continuation of an operation the session would outlive it.
      await new Promise<void>((resolve) => setImmediate(resolve));
      if (this.#ending === 'open') {
        this.#ending = 'closed';
        handle.close();
      }
    }
    this.#settleAll();
  }

  /** Waits for the answers to what is under way, so that a write sent just before is not cut off. */
  async #drain(): Promise<void> {
    if (this.#pending.size === 0) return;
    this.#drained = deferred();
    await settledWithin(this.#drained.promise, drainMs);
  }

  #forget(pending: PendingOperation): void {
    this.#pending.delete(pending);
    if (this.#pending.size === 0) this.#drained?.resolve();
  }

  /** Answers that the client will never give: their operations are settled here. */
  #settleAll(): void {
    const ending = this.#ending === 'open' ? 'closed' : this.#ending;
    for (const { operation, path, fail } of this.#pending) fail(rc.endingError(operation, path, ending));
    this.#pending.clear();
    this.#drained?.resolve();
  }
}

function assertRequestSize(path: string, data: Buffer): void {
  const bytes = data.length + Buffer.byteLength(path) + requestOverheadBytes;
  if (bytes > maxRequestBytes) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      `The value for ${path} has ${data.length} bytes: ZooKeeper takes less than 1 MiB, and is made for a few kB`,
      { path },
    );
  }
}

/** Opens sessions over the npm package `zookeeper`: the transport that clients use by default. */
export const nativeTransport: TransportFactory = (options) => new NativeTransport(options);
