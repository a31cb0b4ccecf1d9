import { MeasurementStoreError, StoreUnavailableError } from '../errors.js';

/** How long a refused write counts, in ms; who is refused tries again much sooner. */
const REFUSAL_COUNTS_MS = 10_000;

/** Least time between two reconnections from a replica, in ms: while no master is known each attempt ends on one again. */
const LEAST_BETWEEN_RECONNECTIONS_MS = 1_000;

/** Options of {@link StoreCondition}. */
export interface StoreConditionOptions {
  /** Makes the connections again: a server that was demoted keeps them open, and a name may lead to its successor by now. */
  readonly reconnect: () => void;
  readonly onUnavailable?: ((error: StoreUnavailableError) => void) | undefined;
  /** Monotonic clock in ms, for tests. */
  readonly now?: () => number;
}

/**
 * What the store's operations say about its server: a write that it refused makes the store not ready, and one that a
 * read-only replica refused makes the connection anew, so that after a failover the master is found.
 */
export class StoreCondition {
  readonly #options: StoreConditionOptions;
  readonly #now: () => number;
  #refused: { group: string; error: StoreUnavailableError; at: number } | undefined;
  #reconnectedAt = -Infinity;
  #wroteAt = -Infinity;

  constructor(options: StoreConditionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Why a write was refused a moment ago, where none of that group has been stored since. */
  get refused(): StoreUnavailableError | undefined {
    const refused = this.#refused;
    return refused !== undefined && this.#now() - refused.at < REFUSAL_COUNTS_MS ? refused.error : undefined;
  }

  /** Time since the server took a write, in ms; Infinity where it did not, or has refused one since. */
  get sinceWriteMs(): number {
    return this.#now() - this.#wroteAt;
  }

  /** The operation's result; what it failed with is noted. */
  async reading<T>(operation: Promise<T>): Promise<T> {
    try {
      return await operation;
    } catch (error) {
      this.#note(error);
      throw error;
    }
  }

  /** The result of a write of a group; that it was taken, or what it failed with, is noted. */
  async writing<T>(group: string, operation: Promise<T>): Promise<T> {
    try {
      const result = await operation;
      this.stored(group);
      return result;
    } catch (error) {
      this.refuse(group, error);
      throw error;
    }
  }

  /** A write of the group was taken; of a probe, which is of no group, that proves only that the server takes some. */
  stored(group: string): void {
    this.#wroteAt = this.#now();
    if (this.#refused?.group === group) this.#refused = undefined;
  }

  /** A write of the group failed. */
  refuse(group: string, error: unknown): void {
    this.#note(error);
    if (!(error instanceof StoreUnavailableError)) {
      // The server took the write, and refused the value.
      if (error instanceof MeasurementStoreError && error.code !== 'LIMIT_REACHED') this.stored(group);
      return;
    }
    this.#wroteAt = -Infinity;
    // A server that is away shows by itself that it is back; a key of another type is one group's affair.
    if (error.code === 'STORE_UNAVAILABLE' || error.code === 'WRONG_KEY_TYPE') return;
    this.#refused = { group, error, at: this.#now() };
  }

  #note(error: unknown): void {
    if (!(error instanceof StoreUnavailableError)) return;
    this.#options.onUnavailable?.(error);
    if (error.code !== 'STORE_READ_ONLY') return;
    const now = this.#now();
    if (now - this.#reconnectedAt < LEAST_BETWEEN_RECONNECTIONS_MS) return;
    this.#reconnectedAt = now;
    this.#options.reconnect();
  }
}
