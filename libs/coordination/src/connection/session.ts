import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import { creatorAcl, type Acl } from '../transport/acl.js';
import type {
  Contact,
  Created,
  Transport,
  TransportCapabilities,
  TransportCreateOptions,
  TransportOperation,
  TransportResult,
  WatchEventType,
} from '../transport/transport.js';
import { assertRequestSize } from '../transport/request-size.js';
import { assertZnodePath, parentOf } from '../transport/znode-path.js';
import { reasonOf } from '../waiting/abortable.js';
import { disposer, type Disposer } from '../waiting/disposer.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import { Chroot } from './chroot.js';
import { WatchRegistry, type WatchKind, type WatchListener } from './watch-registry.js';

export interface SessionSettings {
  readonly chroot: string;
  readonly restrictAccess: boolean;
  readonly onWatchCount: (change: number) => void;
}

/**
 * One ZooKeeper session, with paths below the chroot. What is begun in a session ends with it: operations are never
 * carried over to the next one, so an ephemeral znode is always created in the session its owner believes in.
 */
export class Session {
  readonly id: bigint;
  readonly timeoutMs: number;
  /** Aborts when the session is over, with the error as its reason. */
  readonly ended: AbortSignal;
  /** The latest acknowledged operation, and the latest that a quorum acknowledged. */
  lastContact: Contact;
  lastQuorumContact: Contact | undefined;

  readonly #transport: Transport;
  readonly #settings: SessionSettings;
  readonly #chroot: Chroot;
  readonly #watches: WatchRegistry;
  readonly #end = new AbortController();
  readonly #quorumContactListeners = new Set<(contact: Contact) => void>();

  constructor(transport: Transport, settings: SessionSettings, opened: { id: bigint; timeoutMs: number }) {
    this.#transport = transport;
    this.#settings = settings;
    this.#chroot = new Chroot(settings.chroot);
    this.#watches = new WatchRegistry(settings.onWatchCount);
    this.id = opened.id;
    this.timeoutMs = opened.timeoutMs;
    this.ended = this.#end.signal;
    const now = performance.now();
    this.lastContact = { sentAtMs: now, acknowledgedAtMs: now, provenBy: 'server' };
  }

  /** What the transport can do and prove; known from the beginning of the session. */
  get capabilities(): TransportCapabilities {
    return this.#transport.capabilities;
  }

  /** With credentials, and where no other access list is given, the znode is left to them alone. */
  async create(path: string, data: Buffer, options: TransportCreateOptions = {}): Promise<Created> {
    assertRequestSize(path, data);
    const acl = this.#aclOf(options);
    const created = await this.#named(path, (full) =>
      this.#transport.create(full, data, acl ? { ...options, acl } : options),
    );
    const createdPath = this.#chroot.strip(created.path);
    if (acl && !this.capabilities.createWithAcl) await this.setAcl(createdPath, acl);
    return { ...created, path: createdPath };
  }

  /**
   * After a creation whose answer was lost: the access list may not have arrived, where it is a request of its own.
   */
  async restrict(path: string): Promise<void> {
    const acl = this.#aclOf({});
    if (acl && !this.capabilities.createWithAcl) await this.setAcl(path, acl);
  }

  setAcl(path: string, acl: readonly Acl[], version?: number): Promise<void> {
    return this.#named(path, (full) => this.#transport.setAcl(full, acl, version));
  }

  getAcl(path: string): Promise<{ readonly acl: Acl[]; readonly stat: Stat }> {
    return this.#named(path, (full) => this.#transport.getAcl(full));
  }

  get(path: string): Promise<ZnodeValue> {
    return this.#named(path, (full) => this.#transport.get(full, false));
  }

  /** Reads, and calls the listener once when the znode changes, disappears or can no longer be watched. */
  getWatched(path: string, listener: WatchListener): Promise<ZnodeValue & { readonly unwatch: Disposer }> {
    return this.#watched('data', path, listener, (full, watch) => this.#transport.get(full, watch));
  }

  /**
   * Many reads as one request, where the transport can: each value, or the error of its read. The array of paths does not
   * change afterwards.
   */
  async getMany(paths: readonly string[]): Promise<(ZnodeValue | CoordinationError)[]> {
    if (this.ended.aborted) throw reasonOf(this.ended);
    const full = this.#chroot.allFull(paths);
    const read = await this.#transport.getMany(full);
    // Without a chroot errors name the caller's paths.
    if (full === paths) return read;
    for (const [index, path] of paths.entries()) {
      const outcome = read[index];
      if (outcome instanceof CoordinationError) read[index] = this.#chroot.renamed(path, outcome);
    }
    return read;
  }

  /** All or nothing; rejects with a `TransactionError`. */
  async multi(operations: readonly TransportOperation[]): Promise<TransportResult[]> {
    if (this.ended.aborted) throw reasonOf(this.ended);
    const results = await this.#transport.multi(
      operations.map((operation) => {
        const path = this.#chroot.full(operation.path);
        if (operation.type !== 'create') return { ...operation, path };
        const acl = this.#aclOf(operation.options);
        return { ...operation, path, options: acl ? { ...operation.options, acl } : operation.options };
      }),
    );
    return results.map((result) =>
      result.type === 'create' ? { ...result, path: this.#chroot.strip(result.path) } : result,
    );
  }

  /**
   * Calls the listener at each change until it is taken back; needs a transport with persistent watches. All who watch
   * the same path share one watch at the server. A listener of one znode may be called twice for a change of its children.
   */
  async watchPersistently(
    path: string,
    recursive: boolean,
    listener: (type: WatchEventType, path: string) => void,
  ): Promise<Disposer> {
    const full = this.#chroot.full(path);
    const unlisten = this.#watches.addPersistent(full, recursive, (type, at) => {
      listener(type, this.#chroot.strip(at));
    });
    try {
      const shared = this.#watches.needsRecursive(full);
      await this.#named(path, (each) => this.#transport.addWatch(each, shared));
      this.#watches.persistentSet(full, shared);
    } catch (error) {
      unlisten();
      if (!this.#watches.hasPersistent(full)) this.#watches.uncover(full);
      throw error;
    }
    return disposer(() => {
      const shared = this.#watches.needsRecursive(full);
      unlisten();
      if (this.ended.aborted || this.#watches.hasPersistent(full)) return;
      // A watch that is left behind costs events that nobody listens to, and ends with the session.
      this.#transport.removeWatch(full, shared).catch(() => {});
      // The server has taken all watches of the path away.
      this.#watches.uncover(full);
    });
  }

  async set(path: string, data: Buffer, version?: number): Promise<Stat> {
    assertRequestSize(path, data);
    return this.#named(path, (full) => this.#transport.set(full, data, version));
  }

  delete(path: string, version?: number): Promise<void> {
    return this.#named(path, (full) => this.#transport.delete(full, version));
  }

  exists(path: string): Promise<Stat | undefined> {
    return this.#named(path, (full) => this.#transport.exists(full, false));
  }

  /** Looks, and calls the listener once when the znode comes, changes, goes or can no longer be watched. */
  existsWatched(
    path: string,
    listener: WatchListener,
  ): Promise<{ readonly stat: Stat | undefined; readonly unwatch: Disposer }> {
    return this.#watched('data', path, listener, async (full, watch) => ({
      stat: await this.#transport.exists(full, watch),
    }));
  }

  children(path: string): Promise<string[]> {
    return this.#named(path, (full) => this.#transport.children(full, false));
  }

  /** Lists, and calls the listener once when a child comes or goes or the parent disappears. */
  childrenWatched(
    path: string,
    listener: WatchListener,
  ): Promise<{ readonly names: string[]; readonly unwatch: Disposer }> {
    return this.#watched('children', path, listener, async (full, watch) => ({
      names: await this.#transport.children(full, watch),
    }));
  }

  /** Creates the path, its missing parents and the chroot as persistent znodes. */
  async ensurePath(path: string): Promise<void> {
    assertZnodePath(path);
    await this.#ensureFull(this.#chroot.full(path));
  }

  /** Called at every contact that a quorum vouches for. */
  onQuorumContact(listener: (contact: Contact) => void): Disposer {
    this.#quorumContactListeners.add(listener);
    return disposer(() => this.#quorumContactListeners.delete(listener));
  }

  /**
   * A transaction of the quorum that changes nothing. It proves that the session lives, and what is read in this
   * session afterwards is as new as everything that was acknowledged to anybody before.
   */
  throughQuorum(path: string): Promise<void> {
    return this.#named(path, (full) => this.#transport.throughQuorum(full));
  }

  /** A read that any server answers, only to stay in contact. */
  async ping(): Promise<void> {
    await this.#transport.exists('/', false);
  }

  /** For the owner of the session only. */
  noteContact(contact: Contact): void {
    if (contact.sentAtMs > this.lastContact.sentAtMs) this.lastContact = contact;
    if (contact.provenBy !== 'quorum') return;
    if (contact.sentAtMs > (this.lastQuorumContact?.sentAtMs ?? 0)) this.lastQuorumContact = contact;
    for (const listener of this.#quorumContactListeners) listener(contact);
  }

  /** For the owner of the session only. */
  dispatchWatch(type: WatchEventType, fullPath: string): void {
    this.#watches.dispatch(type, fullPath);
  }

  /** For the owner of the session only. */
  finish(reason: CoordinationError): void {
    if (this.ended.aborted) return;
    this.#watches.clear();
    this.#end.abort(reason);
  }

  async #ensureFull(full: string): Promise<void> {
    if (full === '/') return;
    const acl = this.#aclOf({});
    for (;;) {
      try {
        await this.#transport.create(full, Buffer.alloc(0), { acl });
        if (acl && !this.capabilities.createWithAcl) await this.#transport.setAcl(full, acl, undefined);
        return;
      } catch (error) {
        if (hasCode(error, 'NODE_EXISTS')) return;
        // A user without the right to create under "/" may well have it below an existing path.
        if (hasCode(error, 'NO_AUTHORIZATION') && (await this.#transport.exists(full, false))) return;
        const parent = parentOf(full);
        if (!hasCode(error, 'NO_NODE') || parent === undefined) throw error;
        await this.#ensureFull(parent);
      }
    }
  }

  #aclOf({ acl }: TransportCreateOptions): readonly Acl[] | undefined {
    return acl ?? (this.#settings.restrictAccess ? creatorAcl : undefined);
  }

  async #watched<T>(
    kind: WatchKind,
    path: string,
    listener: WatchListener,
    read: (full: string, watch: boolean) => Promise<T>,
  ): Promise<T & { readonly unwatch: Disposer }> {
    const unwatch = this.#watches.add(kind, this.#chroot.full(path), listener);
    try {
      const readOnce = (full: string) => read(full, !this.#watches.coverageOf(full)[kind]);
      return { ...(await this.#named(path, readOnce)), unwatch };
    } catch (error) {
      unwatch();
      throw error;
    }
  }

  /** Errors name the path as the caller wrote it. */
  #named<T>(path: string, operation: (full: string) => Promise<T>): Promise<T> {
    if (this.ended.aborted) return Promise.reject(this.ended.reason as Error);
    return this.#chroot.named(path, operation);
  }
}
