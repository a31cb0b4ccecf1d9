import { readWindow } from '../children/read-values.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import { type Followed, LiveCache } from '../live-cache/live-cache.js';
import type { ZnodeValue } from '../transport/stat.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import type { Disposer } from '../waiting/disposer.js';
import { pipelined } from '../waiting/pipelined.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { GroupMembers } from './group-members.js';
import type { Group, GroupChange, GroupOptions, GroupSnapshot } from './group.js';

/** Opens a group and resolves when it is complete. */
export async function openGroup<T>(
  keeper: SessionKeeper,
  path: string,
  { codec, signal }: GroupOptions<T>,
): Promise<Group<T>> {
  assertZnodePath(path);
  const group = new GroupCache(keeper, path, new GroupMembers(codec));
  await group.open(signal);
  return group;
}

/** Reads all, and then what watches name; after an interruption all again, and the difference is pushed. */
class GroupCache<T> implements Group<T>, Followed {
  readonly path: string;
  readonly #members: GroupMembers<T>;
  readonly #live: LiveCache<GroupChange<T>>;
  readonly #unwatch = new Map<string, Disposer>();
  #unwatchChildren: Disposer | undefined;
  #session: Session | undefined;
  #listDue = true;
  #readAllDue = true;
  #readDue = new Set<string>();
  #asOf = 0;

  constructor(keeper: SessionKeeper, path: string, members: GroupMembers<T>) {
    this.path = path;
    this.#members = members;
    this.#live = new LiveCache(keeper, this);
  }

  open(signal: AbortSignal | undefined): Promise<void> {
    return this.#live.open(signal);
  }

  snapshot(): GroupSnapshot<T> {
    const stale = this.#live.isStale;
    return { ...this.#members.copy(), stale, asOf: stale ? this.#asOf : this.#contactTime() };
  }

  changes(options: WaitOptions = {}): AsyncIterableIterator<GroupChange<T>> {
    return this.#live.changes(options);
  }

  close(): Promise<void> {
    return this.#live.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async catchUp(session: Session, isCurrent: () => boolean, caughtUp: () => void): Promise<void> {
    this.#session = session;
    while (this.#listDue || this.#readDue.size > 0) {
      const gone = this.#listDue ? await this.#list(session) : [];
      const ids = [...this.#readDue];
      this.#readDue = new Set();
      const values = await pipelined(ids, readWindow, (id) => this.#read(session, id));
      if (!isCurrent() || this.#live.isOver) return;
      for (const id of gone) this.#apply(id, undefined);
      ids.forEach((id, index) => {
        this.#apply(id, values[index]);
      });
    }
    caughtUp();
  }

  interrupted(): void {
    if (!this.#live.isStale) this.#asOf = this.#contactTime();
    this.#listDue = true;
    this.#readAllDue = true;
    this.#readDue.clear();
    this.ended();
  }

  ended(): void {
    this.#unwatchChildren?.();
    for (const unwatch of this.#unwatch.values()) unwatch();
    this.#unwatch.clear();
  }

  /** Lists the children; new ones are due to be read, those that are gone are returned. */
  async #list(session: Session): Promise<string[]> {
    this.#listDue = false;
    this.#unwatchChildren?.();
    const listener = () => {
      this.#listDue = true;
      this.#live.wake();
    };
    const listed = await listWatched(session, this.path, listener);
    if (this.#live.isOver) listed.unwatch();
    this.#unwatchChildren = listed.unwatch;
    const names = new Set(listed.names);
    for (const name of names) {
      if (this.#readAllDue || !this.#unwatch.has(name)) this.#readDue.add(name);
    }
    this.#readAllDue = false;
    return this.#members.ids().filter((id) => !names.has(id));
  }

  async #read(session: Session, id: string): Promise<ZnodeValue | CoordinationError | undefined> {
    this.#unwatch.get(id)?.();
    try {
      const { data, stat, unwatch } = await session.getWatched(joinPath(this.path, id), () => {
        this.#readDue.add(id);
        this.#live.wake();
      });
      if (this.#live.isOver) unwatch();
      this.#unwatch.set(id, unwatch);
      return { data, stat };
    } catch (error) {
      this.#unwatch.delete(id);
      if (hasCode(error, 'NO_NODE')) return undefined;
      if (hasCode(error, 'NO_AUTHORIZATION')) return error;
      throw error;
    }
  }

  #apply(id: string, read: ZnodeValue | CoordinationError | undefined): void {
    if (!read) {
      this.#unwatch.get(id)?.();
      this.#unwatch.delete(id);
    }
    for (const change of this.#members.apply(id, read)) this.#live.push(change);
  }

  /** The latest answer of a server, on the wall clock: changes up to then are known. */
  #contactTime(): number {
    const contact = this.#session?.lastContact;
    return contact ? Date.now() - (performance.now() - contact.acknowledgedAtMs) : 0;
  }
}

/** The names of the children; none while there is no parent, whose creation is watched for then. */
async function listWatched(
  session: Session,
  path: string,
  listener: () => void,
): Promise<{ readonly names: readonly string[]; readonly unwatch: Disposer }> {
  for (;;) {
    try {
      return await session.childrenWatched(path, listener);
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error;
    }
    const { stat, unwatch } = await session.existsWatched(path, listener);
    if (!stat) return { names: [], unwatch };
    unwatch();
  }
}
