import { checkOptions } from '../arguments/arguments.js';
import type { Codec } from '../codec/codec.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { hasCode } from '../errors/is-retryable.js';
import { type Followed, LiveCache } from '../live-cache/live-cache.js';
import type { Stat } from '../transport/stat.js';
import { assertZnodePath } from '../transport/znode-path.js';
import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { NodeCache, NodeCacheOptions, NodeSnapshot } from './node-cache.js';

/** Opens the cache of a znode; resolves when it is known. */
export async function openNodeCache<T>(
  keeper: SessionKeeper,
  path: string,
  options: NodeCacheOptions<T>,
): Promise<NodeCache<T>> {
  assertZnodePath(path);
  const { codec, signal } = checkOptions(options, 'the options of a node cache');
  const cache = new WatchedNode(keeper, path, codec);
  await cache.open(signal);
  return cache;
}

type Known<T> = Omit<NodeSnapshot<T>, 'stale'>;

/** Reads with a watch, and again when it fires, and after an interruption. */
class WatchedNode<T> implements NodeCache<T>, Followed {
  readonly path: string;
  readonly #codec: Codec<T>;
  readonly #live: LiveCache<NodeSnapshot<T>>;
  #known: Known<T> = { value: undefined, stat: undefined, error: undefined };
  #isDue = true;
  #unwatch: Disposer | undefined;

  constructor(keeper: SessionKeeper, path: string, codec: Codec<T>) {
    this.path = path;
    this.#codec = codec;
    this.#live = new LiveCache(keeper, this, { latestOnly: true });
  }

  open(signal: AbortSignal | undefined): Promise<void> {
    return this.#live.open(signal);
  }

  snapshot(): NodeSnapshot<T> {
    return { ...this.#known, stale: this.#live.isStale };
  }

  changes(options: WaitOptions = {}): AsyncIterableIterator<NodeSnapshot<T>> {
    return this.#live.changes(options);
  }

  close(): Promise<void> {
    return this.#live.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async catchUp(session: Session, isCurrent: () => boolean, caughtUp: () => void): Promise<void> {
    let known: Known<T> | undefined;
    while (this.#isDue) {
      this.#isDue = false;
      known = await this.#read(session);
      if (!isCurrent() || this.#live.isOver) return;
    }
    caughtUp();
    if (known) this.#apply(known);
  }

  interrupted(): void {
    this.#isDue = true;
    this.ended();
  }

  ended(): void {
    this.#unwatch?.();
  }

  async #read(session: Session): Promise<Known<T>> {
    for (;;) {
      try {
        const { data, stat, unwatch } = await session.getWatched(this.path, this.#onWatch);
        this.#watchedBy(unwatch);
        return this.#decoded(data, stat);
      } catch (error) {
        if (!hasCode(error, 'NO_NODE', 'NO_AUTHORIZATION')) throw error;
        // Its creation, or a change of it, is all that can be watched for then.
        const { stat, unwatch } = await session.existsWatched(this.path, this.#onWatch);
        this.#watchedBy(unwatch);
        if (hasCode(error, 'NO_AUTHORIZATION')) return { value: undefined, stat, error };
        if (!stat) return { value: undefined, stat: undefined, error: undefined };
      }
    }
  }

  readonly #onWatch = (): void => {
    this.#isDue = true;
    this.#live.wake();
  };

  #watchedBy(unwatch: Disposer): void {
    this.#unwatch?.();
    if (this.#live.isOver) unwatch();
    this.#unwatch = unwatch;
  }

  #decoded(data: Buffer, stat: Stat): Known<T> {
    try {
      return { value: this.#codec.decode(data), stat, error: undefined };
    } catch (error) {
      return { value: undefined, stat, error };
    }
  }

  #apply(known: Known<T>): void {
    const before = this.#known;
    this.#known = known;
    const same =
      before.stat?.mzxid === known.stat?.mzxid &&
      before.stat?.czxid === known.stat?.czxid &&
      (before.error === undefined) === (known.error === undefined);
    if (!same) this.#live.push(this.snapshot());
  }
}
