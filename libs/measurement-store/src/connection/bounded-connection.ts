import { type Cluster, type Redis } from 'ioredis';
import { StoreUnavailableError } from '../errors.js';
import { toStoreError } from './store-error.js';

/** A connection of ioredis, to one server or to a Cluster. */
export type RedisConnection = Redis | Cluster;

/** Options of {@link BoundedConnection}. */
export interface BoundedConnectionOptions {
  /** Longest wait for the connection and the answer together, in ms. */
  commandTimeoutMs: number;
  /** Most operations that wait at the same time; more are refused at once. */
  maxPending: number;
}

/**
 * Operations on a connection that always settle: within the time limit, and refused at once where too many wait
 * already. Nothing enters ioredis's own queue of commands for a connection that is not there, which has no bound.
 * Failures become `StoreUnavailableError` or `StoreRejectedError`.
 */
export class BoundedConnection {
  readonly redis: RedisConnection;
  readonly #options: BoundedConnectionOptions;
  #pending = 0;
  /** Why there is no connection, where ioredis has said so. */
  #problem: unknown;

  constructor(redis: RedisConnection, options: BoundedConnectionOptions) {
    this.redis = redis;
    this.#options = options;
    redis.on('error', (error: unknown) => (this.#problem = error));
    redis.on('ready', () => (this.#problem = undefined));
  }

  /** Runs `operation` once the connection is ready. An operation that is given up may still happen on the server. */
  async run<T>(
    operation: (redis: RedisConnection) => Promise<T>,
    timeoutMs: number = this.#options.commandTimeoutMs,
  ): Promise<T> {
    const { maxPending } = this.#options;
    if (this.#pending >= maxPending) {
      throw new StoreUnavailableError(
        `${maxPending} operations wait for the store already; try again later.`,
      );
    }
    this.#pending += 1;
    const deadline = new Deadline(timeoutMs);
    try {
      if (this.redis.status !== 'ready') await this.#ready(deadline);
      return await deadline.bound(operation(this.redis));
    } catch (error) {
      throw toStoreError(deadline.isOver ? this.#explained(error) : error);
    } finally {
      deadline.clear();
      this.#pending -= 1;
    }
  }

  /** A wait for the connection ends with what keeps it from being made, a wrong password for example. */
  #explained(error: unknown): unknown {
    return this.redis.status === 'ready' ? error : (this.#problem ?? error);
  }

  async #ready(deadline: Deadline): Promise<void> {
    const { redis } = this;
    if (redis.status === 'end') throw new StoreUnavailableError('The connection to the store is closed.');
    if (redis.status === 'wait') redis.connect().catch(() => {}); // Its failure shows as no `ready` in time.
    let dispose = (): void => {};
    const ready = new Promise<void>((resolve, reject) => {
      const end = (): void => {
        reject(new StoreUnavailableError('The connection to the store is closed.'));
      };
      redis.setMaxListeners(0); // Every waiting operation listens; their number is bounded by maxPending.
      redis.on('ready', resolve).on('end', end);
      dispose = () => redis.off('ready', resolve).off('end', end);
    });
    try {
      await deadline.bound(ready);
    } finally {
      dispose();
    }
  }
}

/** One time limit over several waits. */
class Deadline {
  isOver = false;
  readonly #timer: NodeJS.Timeout;
  readonly #expired: Promise<never>;

  constructor(timeoutMs: number) {
    let expire: (error: Error) => void = () => {};
    this.#expired = new Promise<never>((_resolve, reject) => {
      expire = reject;
    });
    this.#expired.catch(() => {}); // Nobody may be waiting when it expires.
    this.#timer = setTimeout(() => {
      this.isOver = true;
      expire(new StoreUnavailableError(`The store did not answer within ${timeoutMs} ms.`));
    }, timeoutMs);
  }

  bound<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#expired]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
