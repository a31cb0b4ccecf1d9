import { disposer } from './disposer.js';
import type { Disposer } from './disposer.js';

/** Listeners of one event. One that throws does not keep the others from being called. */
export class Listeners<A extends unknown[]> {
  readonly #listeners = new Set<(...args: A) => void>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: (...args: A) => void): Disposer {
    // A function of its own for each call: adding the same listener twice calls it twice.
    const entry = (...args: A) => {
      listener(...args);
    };
    this.#listeners.add(entry);
    return disposer(() => this.#listeners.delete(entry));
  }

  emit(...args: A): void {
    for (const listener of [...this.#listeners]) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener(...args);
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
