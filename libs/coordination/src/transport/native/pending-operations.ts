import type { CoordinationError } from '../../errors/coordination-error.js';
import { settledWithin } from '../../waiting/abortable.js';
import { deferred, type Deferred } from '../../waiting/deferred.js';
import { endingError, type Ending } from '../result-codes.js';

export interface PendingOperation {
  readonly operation: string;
  readonly path: string;
  readonly fail: (error: CoordinationError) => void;
}

/** Operations that were sent and not answered: the native client forgets some of them, so they are kept here. */
export class PendingOperations {
  readonly #pending = new Set<PendingOperation>();
  #drained: Deferred<undefined> | undefined;

  get size(): number {
    return this.#pending.size;
  }

  add(operation: PendingOperation): void {
    this.#pending.add(operation);
  }

  delete(operation: PendingOperation): void {
    this.#pending.delete(operation);
    if (this.#pending.size === 0) this.#drained?.resolve(undefined);
  }

  /** Waits for the answers to what is under way, at most `ms`. */
  async drained(ms: number): Promise<void> {
    if (this.#pending.size === 0) return;
    this.#drained ??= deferred();
    await settledWithin(this.#drained.promise, ms);
  }

  /** Settles what will never be answered. */
  failAll(ending: Ending): void {
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const { operation, path, fail } of pending) fail(endingError(operation, path, ending));
    this.#drained?.resolve(undefined);
  }
}
