import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred, type Deferred } from '../waiting/deferred.js';
import type { Disposer } from '../waiting/disposer.js';
import { linkedSignal, type LinkedSignal } from '../waiting/linked-signal.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** What a live cache is of: it knows what is due to be read, and takes it in. */
export interface Followed {
  /** For the log. */
  readonly path: string;
  /**
   * Reads until nothing is due, and calls `caughtUp` then. What was read before an interruption may be older than it,
   * and is not to be taken in once `isCurrent` is false. Goes on in the background when the cache is closed meanwhile.
   */
  catchUp(session: Session, isCurrent: () => boolean, caughtUp: () => void): Promise<void>;
  /** Anything may have changed, and watches may be gone: all is due. */
  interrupted(): void;
  /** The cache is over: what it watches is taken away. */
  ended(): void;
}

/**
 * What live caches have in common: one loop that reads what is due, waits to be woken and reads again, in one session
 * after the other; whether they are up to date; those who iterate over their changes; and their end.
 */
export class LiveCache<Change> {
  readonly #keeper: SessionKeeper;
  readonly #followed: Followed;
  readonly #latestOnly: boolean;
  readonly #ready = deferred<undefined>();
  readonly #stopped = new AbortController();
  readonly #stop: LinkedSignal;
  readonly #queues = new Set<AsyncQueue<Change>>();
  readonly #unlisten: Disposer;
  #loop: Promise<void> = Promise.resolve();
  #woken: Deferred<undefined> = deferred();
  /** Grows with each interruption. */
  #generation = 0;
  #failures = 0;
  #stale = true;
  #wasReady = false;

  constructor(keeper: SessionKeeper, followed: Followed, { latestOnly = false } = {}) {
    this.#keeper = keeper;
    this.#followed = followed;
    this.#latestOnly = latestOnly;
    this.#stop = linkedSignal(this.#stopped.signal, keeper.closing);
    this.#unlisten = keeper.onState((state) => {
      if (state !== 'connected') this.interrupt();
    });
  }

  /** Begins to follow, and resolves when all has been read. Where that fails the cache is closed. */
  async open(signal: AbortSignal | undefined): Promise<void> {
    this.#loop = this.#follow();
    try {
      await abortable(this.#ready.promise, signal);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Whether it may be out of date: cut off, or not yet read again. */
  get isStale(): boolean {
    return this.#stale;
  }

  /** Whether it was closed: what is still answered must leave no watch behind. */
  get isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Something is due to be read. */
  wake(): void {
    this.#woken.resolve(undefined);
  }

  /** Nothing that was read counts any more. */
  interrupt(): void {
    this.#generation += 1;
    this.#followed.interrupted();
    this.#stale = true;
    this.wake();
  }

  push(change: Change): void {
    for (const queue of this.#queues) queue.push(change);
  }

  changes({ signal }: WaitOptions): AsyncIterableIterator<Change> {
    const queue = new AsyncQueue<Change>({ signal, latestOnly: this.#latestOnly });
    if (this.isOver) queue.end();
    this.#queues.add(queue);
    queue.onDone(() => this.#queues.delete(queue));
    return queue;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    const stop = this.#stop.signal;
    try {
      for (;;) await this.#step(stop);
    } catch (error) {
      if (this.#wasReady && !stop.aborted) {
        this.#keeper.logger.error(
          { err: error, path: this.#followed.path },
          'What is followed cannot be read any more: it stays as it was read last',
        );
      }
      this.#ready.reject(error);
      for (const queue of [...this.#queues]) {
        if (stop.aborted) queue.end();
        else queue.fail(error);
      }
    } finally {
      this.#stopped.abort();
      this.interrupt();
      this.#followed.ended();
      this.#unlisten();
      this.#stop[Symbol.dispose]();
      this.#ready.reject(reasonOf(stop));
    }
  }

  async #step(stop: AbortSignal): Promise<void> {
    try {
      const session = await this.#keeper.session(stop);
      this.#woken = deferred();
      const generation = this.#generation;
      const isCurrent = () => generation === this.#generation;
      const caughtUp = () => {
        if (!isCurrent()) return;
        this.#failures = 0;
        this.#stale = false;
        this.#wasReady = true;
        this.#ready.resolve(undefined);
      };
      await abortable(this.#followed.catchUp(session, isCurrent, caughtUp), stop);
      await abortable(this.#woken.promise, stop);
    } catch (error) {
      // A server that fails at a read may not fail at the next one; nothing is changed by asking again.
      const serverFailed = hasCode(error, 'OPERATION_FAILED');
      if (stop.aborted || !(serverFailed || isRetryable(error))) throw error;
      if (serverFailed && this.#failures === 0) {
        this.#keeper.logger.warn(
          { err: error, path: this.#followed.path },
          'A server failed at what is followed: it is read again',
        );
      }
      this.interrupt();
      this.#failures += 1;
      await delay(retryDelayMs(this.#keeper.retry, this.#failures), stop);
    }
  }
}
