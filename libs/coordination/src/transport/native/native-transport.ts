import type { Stat, ZnodeValue } from '../stat.js';
import { deferred } from '../../waiting/deferred.js';
import type {
  Contact,
  Transport,
  TransportCreateOptions,
  TransportFactory,
  TransportOptions,
} from '../transport.js';
import { assertZnodePath } from '../znode-path.js';
import { systemResolver, type Resolver } from '../addresses.js';
import type { NativeCallback, NativeHandle } from './binding.js';
import { DeliveryQueue } from './delivery-queue.js';
import { NativeConnection } from './native-connection.js';
import { statOf, type NativeStat } from './native-stat.js';
import { PendingOperations, type PendingOperation } from './pending-operations.js';
import { assertRequestSize } from '../request-size.js';
import * as rc from '../result-codes.js';

const EPHEMERAL = 1;
const SEQUENTIAL = 2;
const ANY_VERSION = -1;
const ALL_PERMISSIONS = 31;
/** How long `close` waits for operations under way to be answered. */
const drainMs = 1_000;

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
  readonly #queue: DeliveryQueue;
  readonly #pending = new PendingOperations();
  readonly #connection: NativeConnection;
  #closing: Promise<void> | undefined;
  #contacts: { any?: Contact; leader?: Contact } = {};

  constructor(options: TransportOptions, settings: NativeTransportSettings = {}) {
    this.#options = options;
    this.#queue = new DeliveryQueue({
      onSliceStart: () => {
        this.#tellContacts();
      },
      expected: () => this.#pending.size,
    });
    this.#connection = new NativeConnection(options, {
      resolver: settings.resolver ?? systemResolver,
      queue: this.#queue,
      onGone: (ending) => {
        this.#pending.failAll(ending);
      },
    });
  }

  get session(): Transport['session'] {
    return this.#connection.session;
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
    return this.#submit(
      'set the access list of',
      path,
      true,
      (handle, callback) =>
        handle.a_set_acl(path, ANY_VERSION, [{ perm: ALL_PERMISSIONS, scheme: 'auth', auth: '' }], callback),
      () => undefined,
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #submit<T>(
    operation: string,
    path: string,
    throughLeader: boolean,
    send: (handle: NativeHandle, callback: NativeCallback) => number,
    answer: (...results: unknown[]) => T,
    alsoFine: number = rc.OK,
  ): Promise<T> {
    const { ending } = this.#connection;
    if (this.#closing || ending !== 'open') return Promise.reject(rc.endingError(operation, path, ending));
    const settling = deferred<T>();
    const pending: PendingOperation = { operation, path, fail: settling.reject };
    const sentAtMs = performance.now();
    const failed = (code: number) => {
      this.#queue.push(() => {
        this.#pending.delete(pending);
        settling.reject(rc.errorOf(operation, path, code, this.#connection.ending));
      });
    };
    const callback: NativeCallback = (result, _text, ...results) => {
      if (rc.isServersAnswer(result)) {
        this.#noteContact({ sentAtMs, acknowledgedAtMs: performance.now(), throughLeader });
      }
      if (result !== rc.OK && result !== alsoFine) {
        failed(result);
        return;
      }
      this.#queue.push(() => {
        this.#pending.delete(pending);
        settling.resolve(answer(...results));
      });
    };
    try {
      assertZnodePath(path);
      this.#pending.add(pending);
      const code = this.#connection.send((handle) => send(handle, callback));
      if (code !== rc.OK) failed(code);
    } catch (error) {
      // Not a valid path, or too large: nothing was sent.
      this.#pending.delete(pending);
      settling.reject(error);
    }
    return settling.promise;
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

  async #close(): Promise<void> {
    this.#connection.giveUp();
    if (this.#connection.connected) await this.#pending.drained(drainMs);
    // Out of the continuation of any operation: the session would outlive the close by up to a second.
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#connection.close();
    this.#pending.failAll(this.#connection.ending);
  }
}

/** Opens sessions over the npm package `zookeeper`: the transport that clients use by default. */
export const nativeTransport: TransportFactory = (options) => new NativeTransport(options);
