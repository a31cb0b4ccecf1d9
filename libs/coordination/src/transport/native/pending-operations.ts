import type { CoordinationError } from '../../errors/coordination-error.js';
import { settledWithin } from '../../waiting/abortable.js';
import { deferred, type Deferred } from '../../waiting/deferred.js';
import { CONNECTION_LOSS, endingError, type Ending, errorOf } from '../result-codes.js';

export interface PendingOperation {
  readonly operation: string;
  readonly path: string;
  readonly fail: (error: CoordinationError) => void;
  /** What it was sent by; undefined before. */
  connection?: object;
}

/** Operations that were sent and not answered: the native client forgets some of them, so they are kept here. */
export class PendingOperations {
  /** In the order of their sending. */
  readonly #pending = new Set<PendingOperation>();
  #drained: Deferred<undefined> | undefined;

  get size(): number {
    return this.#pending.size;
  }

  add(operation: PendingOperation): void {
    this.#pending.add(operation);
  }

  /** A server answers the requests of a connection in their order: those before this one will not be answered any more. */
  answered(operation: PendingOperation): void {
    const { connection } = operation;
    for (const earlier of this.#pending) {
      if (earlier === operation) break;
      if (connection === undefined || earlier.connection !== connection) continue;
      this.delete(earlier);
      earlier.fail(errorOf(earlier.operation, earlier.path, CONNECTION_LOSS, 'open'));
    }
    this.delete(operation);
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
