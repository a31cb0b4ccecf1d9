import type { Stat, ZnodeValue } from '../stat.js';
import { CoordinationError } from '../../errors/coordination-error.js';
import { hasCode } from '../../errors/is-retryable.js';
import { deferred } from '../../waiting/deferred.js';
import type { Acl } from '../acl.js';
import type {
  Contact,
  Created,
  Proof,
  Transport,
  TransportCapabilities,
  TransportCreateOptions,
  TransportFactory,
  TransportOptions,
} from '../transport.js';
import { systemResolver, type Resolver } from '@atalaya/zookeeper-wire';
import type { NativeCallback, NativeHandle } from './binding.js';
import { DeliveryQueue } from './delivery-queue.js';
import { NativeConnection } from './native-connection.js';
import { statOf, type NativeStat } from './native-stat.js';
import { PendingOperations, type PendingOperation } from './pending-operations.js';
import * as rc from '../result-codes.js';

const EPHEMERAL = 1;
const SEQUENTIAL = 2;
const ANY_VERSION = -1;
/** No znode has it: versions count up from 0. */
const IMPOSSIBLE_VERSION = -2_147_483_648;
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
 * request after the creation; the last transaction id seen is not presented when a session is resumed; transaction ids
 * are exact up to epoch 2,097,151; main thread only.
 */
export class NativeTransport implements Transport {
  readonly #options: TransportOptions;
  readonly #queue: DeliveryQueue;
  readonly #pending = new PendingOperations();
  readonly #connection: NativeConnection;
  #closing: Promise<void> | undefined;
  readonly capabilities = nativeCapabilities;
  #contacts: Partial<Record<Proof, Contact>> = {};

  constructor(options: TransportOptions, settings: NativeTransportSettings = {}) {
    this.#options = options;
    if (options.tls !== undefined || options.sasl !== undefined) throw unsupportedError('TLS and SASL');
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

  create(path: string, data: Buffer, options: TransportCreateOptions): Promise<Created> {
    if (options.container === true || options.ttlMs !== undefined)
      return unsupported('container znodes and TTL');
    const flags =
      (options.ephemeral === true ? EPHEMERAL : 0) | (options.sequential === true ? SEQUENTIAL : 0);
    return this.#submit(
      'create',
      path,
      'quorum',
      (handle, callback) => handle.a_create(path, data, flags, callback),
      (created) => ({ path: created as string }),
    );
  }

  get(path: string, watch: boolean): Promise<ZnodeValue> {
    return this.#submit(
      'get',
      path,
      'server',
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
      'quorum',
      (handle, callback) => handle.a_set(path, data, version ?? ANY_VERSION, callback),
      (stat) => statOf(stat as NativeStat),
    );
  }

  delete(path: string, version: number | undefined): Promise<void> {
    return this.#submit(
      'delete',
      path,
      'quorum',
      (handle, callback) => handle.a_delete_(path, version ?? ANY_VERSION, callback),
      () => undefined,
    );
  }

  exists(path: string, watch: boolean): Promise<Stat | undefined> {
    return this.#submit(
      'exists',
      path,
      'server',
      (handle, callback) => handle.a_exists(path, watch, callback),
      (stat) => (stat === null ? undefined : statOf(stat as NativeStat)),
      rc.NO_NODE,
    );
  }

  children(path: string, watch: boolean): Promise<string[]> {
    return this.#submit(
      'list children of',
      path,
      'server',
      (handle, callback) => handle.a_get_children(path, watch, callback),
      (names) => names as string[],
    );
  }

  setAcl(path: string, acl: readonly Acl[], version: number | undefined): Promise<void> {
    const entries = acl.map(({ permissions, scheme, id }) => ({ perm: permissions, scheme, auth: id }));
    return this.#submit(
      'set the access list of',
      path,
      'quorum',
      (handle, callback) => handle.a_set_acl(path, version ?? ANY_VERSION, entries, callback),
      () => undefined,
    );
  }

  getAcl(): Promise<never> {
    return unsupported('reading an access list');
  }

  getMany(): Promise<never> {
    return unsupported('reading many znodes by one request');
  }

  multi(): Promise<never> {
    return unsupported('transactions');
  }

  addWatch(): Promise<never> {
    return unsupported('persistent watches');
  }

  removeWatch(): Promise<never> {
    return unsupported('persistent watches');
  }

  sync(): Promise<void> {
    return this.#submit(
      'sync',
      '/',
      'leader',
      (handle, callback) => handle.a_sync('/', callback),
      () => undefined,
    );
  }

  /**
   * By a write that names a version which no znode has. The servers agree on its refusal as on any other transaction:
   * it is proposed, acknowledged by most of them and answered then (`OpCode.error` in ZooKeeper's
   * `PrepRequestProcessor`). It changes nothing and fires no watch.
   */
  async throughQuorum(path: string): Promise<void> {
    try {
      await this.set(path, Buffer.alloc(0), IMPOSSIBLE_VERSION);
    } catch (error) {
      if (!hasCode(error, 'BAD_VERSION', 'NO_NODE', 'NO_AUTHORIZATION')) throw error;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #submit<T>(
    operation: string,
    path: string,
    provenBy: Proof,
    send: (handle: NativeHandle, callback: NativeCallback) => number,
    answer: (...results: unknown[]) => T,
    alsoFine: number = rc.OK,
  ): Promise<T> {
    const { ending } = this.#connection;
    if (this.#closing || ending !== 'open') return Promise.reject(rc.endingError(operation, path, ending));
    const settling = deferred<T>();
    const pending: PendingOperation = { operation, path, fail: settling.reject };
    const sentAtMs = performance.now();
    // All in a later turn: within a callback no promise may be settled.
    const failed = (code: number) => {
      this.#queue.push(() => {
        if (rc.isServersAnswer(code)) this.#pending.answered(pending);
        else this.#pending.delete(pending);
        settling.reject(rc.errorOf(operation, path, code, this.#connection.ending));
      });
    };
    const callback: NativeCallback = (result, _text, ...results) => {
      if (rc.isServersAnswer(result)) {
        this.#noteContact({
          sentAtMs,
          acknowledgedAtMs: performance.now(),
          provenBy: rc.provenBy(result, provenBy),
        });
      }
      if (result !== rc.OK && result !== alsoFine) {
        failed(result);
        return;
      }
      this.#queue.push(() => {
        this.#pending.answered(pending);
        settling.resolve(answer(...results));
      });
    };
    try {
      this.#pending.add(pending);
      const code = this.#connection.send((handle) => {
        pending.connection = handle;
        return send(handle, callback);
      });
      if (code !== rc.OK) failed(code);
    } catch (error) {
      // The native object refused it: nothing was sent.
      this.#pending.delete(pending);
      settling.reject(error);
    }
    return settling.promise;
  }

  /** Of the answers that arrive together the latest of each proof is reported. */
  #noteContact(contact: Contact): void {
    this.#contacts[contact.provenBy] = contact;
  }

  #tellContacts(): void {
    const contacts = Object.values(this.#contacts);
    this.#contacts = {};
    for (const contact of contacts) this.#options.events.contact(contact);
  }

  async #close(): Promise<void> {
    this.#connection.giveUp();
    if (this.#connection.connected) await this.#pending.drained(drainMs);
    await this.#connection.close(drainMs);
    this.#pending.failAll(this.#connection.ending);
  }
}

const nativeCapabilities: TransportCapabilities = {
  name: 'native',
  multi: false,
  multiRead: false,
  persistentWatches: false,
  createWithAcl: false,
  containers: false,
  monotonicReads: 'unless-partitioned',
};

function unsupported(what: string): Promise<never> {
  return Promise.reject(unsupportedError(what));
}

function unsupportedError(what: string): CoordinationError {
  return new CoordinationError(
    'UNSUPPORTED',
    `The transport over the npm package "zookeeper" cannot do ${what}: connect with the wire transport, the default`,
  );
}

/** Opens sessions over the npm package `zookeeper`, which has to be installed beside this library. */
export const nativeTransport: TransportFactory = (options) => new NativeTransport(options);
