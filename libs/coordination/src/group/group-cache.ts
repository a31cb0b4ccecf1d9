import type { ReadOutcome } from '../children/read-values.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { type Followed, LiveCache } from '../live-cache/live-cache.js';
import { assertZnodePath } from '../transport/znode-path.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { GroupMembers } from './group-members.js';
import type { Group, GroupChange, GroupOptions, GroupSnapshot } from './group.js';
import { JointlyWatchedChildren, SinglyWatchedChildren, type WatchedChildren } from './watched-children.js';

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
  #children: WatchedChildren | undefined;
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
    const children = this.#childrenIn(session);
    while (this.#listDue || this.#readDue.size > 0) {
      const gone = this.#listDue ? await this.#list(session, children, isCurrent) : [];
      if (!isCurrent()) return;
      const ids = [...this.#readDue];
      this.#readDue = new Set();
      const read = ids.length > 0 ? await children.read(session, ids) : [];
      if (!isCurrent() || this.#live.isOver) return;
      for (const id of gone) this.#apply(id, undefined);
      ids.forEach((id, index) => {
        this.#apply(id, read[index]);
      });
    }
    caughtUp();
  }

  interrupted(): void {
    if (!this.#live.isStale) this.#asOf = this.#contactTime();
    this.#listDue = true;
    this.#readAllDue = true;
    this.#readDue.clear();
    this.#children?.clear();
  }

  ended(): void {
    this.#children?.end();
  }

  /** Watched in the way that the server of this connection has. */
  #childrenIn({ capabilities }: Session): WatchedChildren {
    const Kind = capabilities.persistentWatches ? JointlyWatchedChildren : SinglyWatchedChildren;
    if (!(this.#children instanceof Kind)) {
      this.#children?.end();
      this.#children = new Kind(this.path, this.#live, {
        listDue: () => {
          this.#listDue = true;
          this.#live.wake();
        },
        readDue: (id) => {
          this.#readDue.add(id);
          this.#live.wake();
        },
      });
    }
    return this.#children;
  }

  /** Lists the children; new ones are due to be read, those that are gone are returned. */
  async #list(session: Session, children: WatchedChildren, isCurrent: () => boolean): Promise<string[]> {
    this.#listDue = false;
    const names = new Set(await children.list(session));
    // All is due, and stays so.
    if (!isCurrent()) return [];
    for (const name of names) {
      if (this.#readAllDue || !children.follows(name)) this.#readDue.add(name);
    }
    this.#readAllDue = false;
    return this.#members.ids().filter((id) => !names.has(id));
  }

  #apply(id: string, read: ReadOutcome): void {
    if (!read) this.#children?.forget(id);
    for (const change of this.#members.apply(id, read)) this.#live.push(change);
  }

  /** The latest answer of a server, on the wall clock: changes up to then are known. */
  #contactTime(): number {
    const contact = this.#session?.lastContact;
    return contact ? Date.now() - (performance.now() - contact.acknowledgedAtMs) : 0;
  }
}
