import { childrenOrNone } from '../children/children-or-none.js';
import { readValues } from '../children/read-values.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import type { ZnodeValue } from '../transport/stat.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred, type Deferred } from '../waiting/deferred.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { linkedSignal, type LinkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
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
  try {
    await abortable(cache.ready, signal);
    return cache;
  } catch (error) {
    await cache.close();
    throw error;
  }
}

/** One loop: watch, read all, then read what the watch names; after an interruption all again. */
class WatchedTree implements TreeCache {
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #ready = deferred<undefined>();
  readonly #stopped = new AbortController();
  readonly #stop: LinkedSignal;
  readonly #queues = new Set<AsyncQueue<TreeChange>>();
  readonly #loop: Promise<void>;
  readonly #nodes = new Map<string, ZnodeValue>();
  #due = new Set<string>();
  #allDue = true;
  #woken: Deferred<undefined> = deferred();
  #stale = true;

  constructor(keeper: SessionKeeper, path: string) {
    this.#keeper = keeper;
    this.path = path;
    this.#stop = linkedSignal(this.#stopped.signal, keeper.closing);
    this.#loop = this.#follow();
  }

  get ready(): Promise<unknown> {
    return this.#ready.promise;
  }

  snapshot(): TreeSnapshot {
    return { nodes: new Map(this.#nodes), stale: this.#stale };
  }

  changes({ signal }: WaitOptions = {}): AsyncIterableIterator<TreeChange> {
    const queue = new AsyncQueue<TreeChange>({ signal });
    if (this.#stop.signal.aborted) queue.end();
    this.#queues.add(queue);
    queue.onDone(() => this.#queues.delete(queue));
    return queue;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #follow(): Promise<void> {
    const stop = this.#stop.signal;
    try {
      for (let failures = 0; ;) {
        try {
          const session = await this.#keeper.session(stop);
          await this.#followIn(session, stop, () => {
            failures = 0;
          });
        } catch (error) {
          if (stop.aborted || !isRetryable(error)) throw error;
          failures += 1;
          await delay(retryDelayMs(this.#keeper.retry, failures), stop);
        }
      }
    } catch (error) {
      this.#ready.reject(error);
      for (const queue of [...this.#queues]) {
        if (stop.aborted) queue.end();
        else queue.fail(error);
      }
    } finally {
      this.#stale = true;
      this.#stopped.abort();
      this.#ready.reject(reasonOf(stop));
      this.#stop[Symbol.dispose]();
    }
  }

  /** Rejects at the end of the session. */
  async #followIn(session: Session, stop: AbortSignal, onCaughtUp: () => void): Promise<never> {
    using scope = new DisposalScope();
    scope.add(
      onAbort(session.ended, () => {
        this.#interrupt();
      }),
    );
    // Anything may have happened during an interruption.
    scope.add(
      this.#keeper.onState(() => {
        this.#interrupt();
      }),
    );
    scope.add(
      await abortable(
        session.watchPersistently(this.path, true, (type, path) => {
          if (type === 'removed') this.#interrupt();
          else {
            this.#due.add(path);
            this.#woken.resolve(undefined);
          }
        }),
        stop,
      ),
    );
    for (;;) {
      session.ended.throwIfAborted();
      this.#woken = deferred();
      await abortable(this.#catchUp(session), stop);
      onCaughtUp();
      await abortable(this.#woken.promise, stop);
    }
  }

  #interrupt(): void {
    this.#stale = true;
    this.#allDue = true;
    this.#woken.resolve(undefined);
  }

  async #catchUp(session: Session): Promise<void> {
    while (this.#allDue || this.#due.size > 0) {
      const all = this.#allDue;
      this.#allDue = false;
      const due = all ? [] : [...this.#due];
      this.#due = new Set();
      const paths = all ? await this.#listed(session) : due;
      const values = await readValues(session, paths);
      if (all) {
        const listed = new Set(paths);
        for (const path of [...this.#nodes.keys()]) if (!listed.has(path)) this.#apply(path, undefined);
      }
      paths.forEach((path, index) => {
        const value = values[index];
        this.#apply(path, value instanceof CoordinationError ? undefined : value);
      });
    }
    this.#stale = this.#keeper.state !== 'connected';
    this.#ready.resolve(undefined);
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
    for (const queue of this.#queues) queue.push(change);
  }
}
