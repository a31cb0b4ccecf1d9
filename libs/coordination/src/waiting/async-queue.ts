import { deferred, type Deferred } from './deferred.js';

export interface AsyncQueueOptions {
  /** Keep only the newest value that nobody has taken yet. */
  readonly latestOnly?: boolean;
  /** Called once, when the reader stops or the queue has ended or failed. */
  readonly onDone?: () => void;
}

/** Values pushed from one side and iterated on the other; one reader. */
export class AsyncQueue<T> implements AsyncIterableIterator<T> {
  readonly #options: AsyncQueueOptions;
  #values: T[] = [];
  #waiting: Deferred<IteratorResult<T>>[] = [];
  #outcome: { readonly error?: unknown } | undefined;
  #done = false;

  constructor(options: AsyncQueueOptions = {}) {
    this.#options = options;
  }

  push(value: T): void {
    if (this.#outcome) return;
    const reader = this.#waiting.shift();
    if (reader) {
      reader.resolve({ done: false, value });
      return;
    }
    if (this.#options.latestOnly) this.#values = [];
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
    const [value] = this.#values;
    if (this.#values.length > 0) {
      this.#values.shift();
      return Promise.resolve({ done: false, value: value as T });
    }
    if (this.#outcome) {
      const outcome = this.#outcome;
      this.#outcome = {};
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handed on as it was given
      if ('error' in outcome) return Promise.reject(outcome.error);
      return Promise.resolve({ done: true, value: undefined });
    }
    const reader = deferred<IteratorResult<T>>();
    this.#waiting.push(reader);
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
    if (!this.#done) {
      this.#done = true;
      this.#outcome = outcome;
      const [first, ...others] = this.#waiting;
      this.#waiting = [];
      if (first) {
        if ('error' in outcome) first.reject(outcome.error);
        else first.resolve({ done: true, value: undefined });
        this.#outcome = {};
      }
      for (const reader of others) reader.resolve({ done: true, value: undefined });
      this.#options.onDone?.();
    }
  }
}
