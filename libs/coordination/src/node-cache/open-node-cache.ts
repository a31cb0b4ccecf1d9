import { checkOptions } from '../arguments/arguments.js';
import type { Codec } from '../codec/codec.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { WakeUp } from '../connection/wake-up.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import type { Stat } from '../transport/stat.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred } from '../waiting/deferred.js';
import type { Disposer } from '../waiting/disposer.js';
import { linkedSignal, type LinkedSignal } from '../waiting/linked-signal.js';
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
  try {
    await abortable(cache.ready, signal);
    return cache;
  } catch (error) {
    await cache.close();
    throw error;
  }
}

type Known<T> = Omit<NodeSnapshot<T>, 'stale'>;

/** One loop: read with a watch, wait for it or an interruption, read again. */
class WatchedNode<T> implements NodeCache<T> {
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #codec: Codec<T>;
  readonly #ready = deferred<undefined>();
  readonly #stopped = new AbortController();
  readonly #stop: LinkedSignal;
  readonly #queues = new Set<AsyncQueue<NodeSnapshot<T>>>();
  readonly #unlisten: Disposer;
  readonly #loop: Promise<void>;
  #known: Known<T> = { value: undefined, stat: undefined, error: undefined };
  #stale = true;

  constructor(keeper: SessionKeeper, path: string, codec: Codec<T>) {
    this.#keeper = keeper;
    this.path = path;
    this.#codec = codec;
    this.#stop = linkedSignal(this.#stopped.signal, keeper.closing);
    this.#unlisten = keeper.onState((state) => {
      if (state !== 'connected') this.#stale = true;
    });
    this.#loop = this.#follow();
  }

  get ready(): Promise<unknown> {
    return this.#ready.promise;
  }

  snapshot(): NodeSnapshot<T> {
    return { ...this.#known, stale: this.#stale };
  }

  changes({ signal }: WaitOptions = {}): AsyncIterableIterator<NodeSnapshot<T>> {
    const queue = new AsyncQueue<NodeSnapshot<T>>({ signal, latestOnly: true });
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
          using wakeUp = new WakeUp(this.#keeper, session);
          this.#apply(await abortable(this.#read(session, wakeUp), stop));
          failures = 0;
          await wakeUp.wait(stop);
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
      this.#unlisten();
      this.#stopped.abort();
      this.#ready.reject(reasonOf(stop));
      this.#stop[Symbol.dispose]();
    }
  }

  async #read(session: Session, wakeUp: WakeUp): Promise<Known<T>> {
    for (;;) {
      try {
        const { data, stat, unwatch } = await session.getWatched(this.path, wakeUp.wake);
        wakeUp.watchedBy(unwatch);
        return this.#decoded(data, stat);
      } catch (error) {
        if (!hasCode(error, 'NO_NODE', 'NO_AUTHORIZATION')) throw error;
        // Its creation, or a change of it, is all that can be watched for then.
        const { stat, unwatch } = await session.existsWatched(this.path, wakeUp.wake);
        wakeUp.watchedBy(unwatch);
        if (hasCode(error, 'NO_AUTHORIZATION')) return { value: undefined, stat, error };
        if (!stat) return { value: undefined, stat: undefined, error: undefined };
      }
    }
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
    this.#stale = false;
    this.#ready.resolve(undefined);
    const same =
      before.stat?.mzxid === known.stat?.mzxid &&
      before.stat?.czxid === known.stat?.czxid &&
      (before.error === undefined) === (known.error === undefined);
    if (same) return;
    for (const queue of this.#queues) queue.push(this.snapshot());
  }
}
