import { StoreUnavailableError } from '../errors.js';
import { type BatchOutcome } from '../record-outcome.js';

/**
 * Decides when the rest of a batch is to be given up: once the store has not answered for as long as one operation may
 * take. Otherwise a batch of many groups would wait as long for each of them. An error that comes at once does not count:
 * it may be of one group alone.
 */
export class OutageInBatch {
  readonly #begun = performance.now();
  readonly #patienceMs: number;
  #error: StoreUnavailableError | undefined;

  constructor(commandTimeoutMs: number) {
    // Timers are not exact to the millisecond.
    this.#patienceMs = commandTimeoutMs / 2;
  }

  /** Why the rest is given up; undefined while it is not. */
  get error(): StoreUnavailableError | undefined {
    return this.#error;
  }

  note(outcome: BatchOutcome): void {
    if (outcome.outcome !== 'failed' || !(outcome.error instanceof StoreUnavailableError)) return;
    if (performance.now() - this.#begun >= this.#patienceMs) this.#error ??= outcome.error;
  }
}
