import { childrenOrNone } from '../children/children-or-none.js';
import { readValues } from '../children/read-values.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { type Followed, LiveCache } from '../live-cache/live-cache.js';
import { RecursiveWatch } from '../live-cache/recursive-watch.js';
import type { ZnodeValue } from '../transport/stat.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import { pipelined } from '../waiting/pipelined.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { TreeCache, TreeChange, TreeSnapshot } from './tree-cache.js';

const listWindow = 256;

/** Opens the cache of a tree; resolves when it is complete. */
export async function openTreeCache(
  keeper: SessionKeeper,
  path: string,
  { signal }: WaitOptions = {},
): Promise<TreeCache> {
  assertZnodePath(path);
  const cache = new WatchedTree(keeper, path);
  await cache.open(signal);
  return cache;
}

/** Watches, reads all, then what the watch names; after an interruption all again. */
class WatchedTree implements TreeCache, Followed {
  readonly path: string;
  readonly #live: LiveCache<TreeChange>;
  readonly #nodes = new Map<string, ZnodeValue>();
  readonly #watch: RecursiveWatch;
  #due = new Set<string>();
  #allDue = true;

  constructor(keeper: SessionKeeper, path: string) {
    this.path = path;
    this.#live = new LiveCache(keeper, this);
    this.#watch = new RecursiveWatch(path, this.#live, (_type, at) => {
      this.#due.add(at);
      this.#live.wake();
    });
  }

  open(signal: AbortSignal | undefined): Promise<void> {
    return this.#live.open(signal);
  }

  snapshot(): TreeSnapshot {
    return { nodes: new Map(this.#nodes), stale: this.#live.isStale };
  }

  changes(options: WaitOptions = {}): AsyncIterableIterator<TreeChange> {
    return this.#live.changes(options);
  }

  close(): Promise<void> {
    return this.#live.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async catchUp(session: Session, isCurrent: () => boolean, caughtUp: () => void): Promise<void> {
    await this.#watch.setIn(session);
    while (this.#allDue || this.#due.size > 0) {
      const all = this.#allDue;
      const due = [...this.#due];
      this.#allDue = false;
      this.#due = new Set();
      const paths = all ? await this.#listed(session) : due;
      const values = await readValues(session, paths);
      if (!isCurrent() || this.#live.isOver) return;
      if (all) {
        const listed = new Set(paths);
        for (const path of [...this.#nodes.keys()]) if (!listed.has(path)) this.#apply(path, undefined);
      }
      paths.forEach((path, index) => {
        const value = values[index];
        this.#apply(path, value instanceof CoordinationError ? undefined : value);
      });
    }
    caughtUp();
  }

  interrupted(): void {
    this.#allDue = true;
  }

  ended(): void {
    this.#watch.end();
  }

  /** All paths of the tree, level by level. */
  async #listed(session: Session): Promise<string[]> {
    const paths: string[] = [];
    for (let level = [this.path]; level.length > 0;) {
      paths.push(...level);
      const below = await pipelined(level, listWindow, async (path) =>
        (await childrenOrNone(session, path)).map((name) => joinPath(path, name)),
      );
      level = below.flat();
    }
    return paths;
  }

  #apply(path: string, node: ZnodeValue | undefined): void {
    const before = this.#nodes.get(path);
    if (!node) {
      if (this.#nodes.delete(path)) this.#push({ type: 'deleted', path });
      return;
    }
    this.#nodes.set(path, node);
    if (before?.stat.czxid !== node.stat.czxid) this.#push({ type: 'created', path, node });
    else if (before.stat.mzxid !== node.stat.mzxid) this.#push({ type: 'updated', path, node });
  }

  #push(change: TreeChange): void {
    this.#live.push(change);
  }
}
