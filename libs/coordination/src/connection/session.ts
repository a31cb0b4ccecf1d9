import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import type { Contact, Transport, WatchEventType } from '../transport/transport.js';
import { assertZnodePath, joinPath, parentOf } from '../transport/znode-path.js';
import { disposer, type Disposer } from '../waiting/disposer.js';
import type { Stat, ZnodeValue } from '../transport/stat.js';
import { WatchRegistry, type WatchListener } from './watch-registry.js';

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
  /** The latest acknowledged operation, and the latest that went through the ensemble's leader. */
  lastContact: Contact;
  lastLeaderContact: Contact | undefined;

  readonly #transport: Transport;
  readonly #settings: SessionSettings;
  readonly #watches: WatchRegistry;
  readonly #end = new AbortController();
  readonly #leaderContactListeners = new Set<(contact: Contact) => void>();

  constructor(transport: Transport, settings: SessionSettings, opened: { id: bigint; timeoutMs: number }) {
    this.#transport = transport;
    this.#settings = settings;
    this.#watches = new WatchRegistry(settings.onWatchCount);
    this.id = opened.id;
    this.timeoutMs = opened.timeoutMs;
    this.ended = this.#end.signal;
    const now = performance.now();
    this.lastContact = { sentAtMs: now, acknowledgedAtMs: now, throughLeader: false };
  }

  async create(
    path: string,
    data: Buffer,
    options: { readonly ephemeral: boolean; readonly sequential: boolean },
  ): Promise<string> {
    const created = await this.#named(path, (full) => this.#transport.create(full, data, options));
    const createdPath = this.#strip(created);
    await this.restrict(createdPath);
    return createdPath;
  }

  /** Leaves a znode of this client to its credentials alone; does nothing for a client without credentials. */
  async restrict(path: string): Promise<void> {
    if (this.#settings.restrictAccess) await this.#named(path, (full) => this.#transport.restrict(full));
  }

  get(path: string): Promise<ZnodeValue> {
    return this.#named(path, (full) => this.#transport.get(full, false));
  }

  /** Reads, and calls the listener once when the znode changes, disappears or can no longer be watched. */
  async getWatched(
    path: string,
    listener: WatchListener,
  ): Promise<ZnodeValue & { readonly unwatch: Disposer }> {
    const unwatch = this.#watches.add('data', this.#full(path), listener);
    try {
      return { ...(await this.#named(path, (full) => this.#transport.get(full, true))), unwatch };
    } catch (error) {
      unwatch();
      throw error;
    }
  }

  set(path: string, data: Buffer, version?: number): Promise<Stat> {
    return this.#named(path, (full) => this.#transport.set(full, data, version));
  }

  delete(path: string, version?: number): Promise<void> {
    return this.#named(path, (full) => this.#transport.delete(full, version));
  }

  exists(path: string): Promise<Stat | undefined> {
    return this.#named(path, (full) => this.#transport.exists(full));
  }

  children(path: string): Promise<string[]> {
    return this.#named(path, (full) => this.#transport.children(full, false));
  }

  /** Lists, and calls the listener once when a child comes or goes or the parent disappears. */
  async childrenWatched(
    path: string,
    listener: WatchListener,
  ): Promise<{ readonly names: string[]; readonly unwatch: Disposer }> {
    const unwatch = this.#watches.add('children', this.#full(path), listener);
    try {
      return { names: await this.#named(path, (full) => this.#transport.children(full, true)), unwatch };
    } catch (error) {
      unwatch();
      throw error;
    }
  }

  /** Creates the path, its missing parents and the chroot as persistent znodes. */
  async ensurePath(path: string): Promise<void> {
    assertZnodePath(path);
    await this.#ensureFull(this.#full(path));
  }

  /** Told of every contact with the ensemble's leader. */
  onLeaderContact(listener: (contact: Contact) => void): Disposer {
    this.#leaderContactListeners.add(listener);
    return disposer(() => this.#leaderContactListeners.delete(listener));
  }

  /** Reaches the ensemble's leader and comes back. */
  sync(): Promise<void> {
    return this.#transport.sync();
  }

  /** A read that any server answers, only to stay in contact. */
  async ping(): Promise<void> {
    await this.#transport.exists('/');
  }

  /** For the owner of the session only. */
  noteContact(contact: Contact): void {
    if (contact.sentAtMs > this.lastContact.sentAtMs) this.lastContact = contact;
    if (!contact.throughLeader) return;
    if (contact.sentAtMs > (this.lastLeaderContact?.sentAtMs ?? 0)) this.lastLeaderContact = contact;
    for (const listener of this.#leaderContactListeners) listener(contact);
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
    const options = { ephemeral: false, sequential: false };
    for (;;) {
      try {
        await this.#transport.create(full, Buffer.alloc(0), options);
        if (this.#settings.restrictAccess) await this.#transport.restrict(full);
        return;
      } catch (error) {
        if (hasCode(error, 'NODE_EXISTS')) return;
        // A user without the right to create under "/" may well have it below an existing path.
        if (hasCode(error, 'NO_AUTHORIZATION') && (await this.#transport.exists(full))) return;
        const parent = parentOf(full);
        if (!hasCode(error, 'NO_NODE') || parent === undefined) throw error;
        await this.#ensureFull(parent);
      }
    }
  }

  /** Errors name the path as the caller wrote it. */
  #named<T>(path: string, operation: (full: string) => Promise<T>): Promise<T> {
    if (this.ended.aborted) return Promise.reject(this.ended.reason as Error);
    // Without a chroot there is no other name; thousands of reads at a time are spared a promise each.
    return this.#settings.chroot === '' ? operation(path) : this.#renamed(path, operation);
  }

  async #renamed<T>(path: string, operation: (full: string) => Promise<T>): Promise<T> {
    assertZnodePath(path);
    const full = this.#full(path);
    try {
      return await operation(full);
    } catch (error) {
      if (full !== path && error instanceof CoordinationError && error.path === full) {
        throw new CoordinationError(error.code, error.message.replace(full, path), { path, cause: error });
      }
      throw error;
    }
  }

  #full(path: string): string {
    const { chroot } = this.#settings;
    if (chroot === '') return path;
    return path === '/' ? chroot : joinPath(chroot, path.slice(1));
  }

  #strip(full: string): string {
    const { chroot } = this.#settings;
    return chroot === '' ? full : full.slice(chroot.length) || '/';
  }
}
