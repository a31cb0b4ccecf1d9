import { reasonOf } from './abortable.js';
import { deferred, type Deferred } from './deferred.js';
import { DisposalScope } from './disposal-scope.js';
import { onAbort } from './on-abort.js';

export interface AsyncQueueOptions {
  /** Keep only the newest value that nobody has taken yet. */
  readonly latestOnly?: boolean;
  /** Fails the queue with its reason when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** As {@link AsyncQueue.onDone}. */
  readonly onDone?: (() => void) | undefined;
}

/** Values pushed from one side and iterated on the other; one reader. */
export class AsyncQueue<T> implements AsyncIterableIterator<T> {
  readonly #latestOnly: boolean;
  /** Disposed of when the reader stops or the queue has ended or failed. */
  readonly #scope = new DisposalScope();
  #values: T[] = [];
  #waiting: Deferred<IteratorResult<T>>[] = [];
  #outcome: { readonly error?: unknown } | undefined;

  constructor({ latestOnly = false, signal, onDone }: AsyncQueueOptions = {}) {
    this.#latestOnly = latestOnly;
    if (onDone) this.#scope.add(onDone);
    if (signal) {
      this.#scope.add(
        onAbort(signal, () => {
          this.fail(reasonOf(signal));
        }),
      );
    }
  }

  /** Calls the listener once the reader stops or the queue has ended or failed. */
  onDone(listener: () => void): void {
    this.#scope.add(listener);
  }

  push(value: T): void {
    if (this.#outcome) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader.resolve({ done: false, value });
      return;
    }
    if (this.#latestOnly) this.#values = [];
    this.#values.push(value);
  }

  /** Ends the iteration once the values pushed so far have been taken. */
  end(): void {
    this.#finish({});
  }

  /** Like {@link end}, with an error that the reader sees once. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  next(): Promise<IteratorResult<T>> {
    const reader = deferred<IteratorResult<T>>();
    if (this.#values.length > 0) reader.resolve({ done: false, value: this.#values.shift() as T });
    else if (this.#outcome) this.#settle(reader);
    else this.#waiting.push(reader);
    return reader.promise;
  }

  return(): Promise<IteratorResult<T>> {
    this.#values = [];
    this.#finish({});
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish(outcome: { readonly error?: unknown }): void {
    if (this.#outcome) return;
    this.#outcome = outcome;
    for (const reader of this.#waiting.splice(0)) this.#settle(reader);
    this.#scope[Symbol.dispose]();
  }

  /** An error is thrown once; from then on the iteration is over. */
  #settle(reader: Deferred<IteratorResult<T>>): void {
    const outcome = this.#outcome ?? {};
    this.#outcome = {};
    if ('error' in outcome) reader.reject(outcome.error);
    else reader.resolve({ done: true, value: undefined });
  }
}
