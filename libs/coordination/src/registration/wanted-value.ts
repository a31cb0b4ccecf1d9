import { deferred, type Deferred } from '../waiting/deferred.js';

interface Waiter {
  readonly generation: number;
  readonly written: Deferred<undefined>;
}

/**
 * The value that a registration wants in ZooKeeper, the latest one, and those who wait for it to be there. A value is
 * told from those before it by its generation: one set during a write is not taken for written by it.
 */
export class WantedValue {
  #data: Buffer;
  #generation = 1;
  #writtenGeneration = 0;
  #waiters: Waiter[] = [];

  constructor(data: Buffer) {
    this.#data = data;
  }

  get data(): Buffer {
    return this.#data;
  }

  get generation(): number {
    return this.#generation;
  }

  get isWritten(): boolean {
    return this.#writtenGeneration >= this.#generation;
  }

  replace(data: Buffer): void {
    this.#data = data;
    this.#generation += 1;
  }

  /** Resolves when the value of now, or a later one, is written. */
  untilWritten(): Promise<unknown> {
    const waiter: Waiter = { generation: this.#generation, written: deferred() };
    this.#waiters.push(waiter);
    return waiter.written.promise;
  }

  /** ZooKeeper holds the value of that generation. */
  written(generation: number): void {
    this.#writtenGeneration = generation;
    const met = this.#waiters.filter((waiter) => waiter.generation <= generation);
    this.#waiters = this.#waiters.filter((waiter) => waiter.generation > generation);
    for (const { written } of met) written.resolve(undefined);
  }

  /** ZooKeeper holds something else. */
  overwritten(): void {
    this.#writtenGeneration = Math.min(this.#writtenGeneration, this.#generation - 1);
  }

  rejectWaiters(error: unknown): void {
    for (const { written } of this.#waiters.splice(0)) written.reject(error);
  }
}
