import { setMaxListeners } from 'node:events';
import { SourceError, type Source } from '../sources/source.js';

/** One round of samples. */
export interface Samples {
  /** By sensor; undefined where its sample failed. */
  readonly values: readonly (number | undefined)[];
  /** Why samples failed. */
  readonly failures: readonly unknown[];
}

/**
 * Takes one round of samples after another for the sensors of a process, never two at once: a source that does not even
 * end when it is asked to is not asked again until it has.
 */
export class Sampler {
  readonly #source: Source;
  readonly #sensorCount: number;
  #unfinished = 0;

  constructor(source: Source, sensorCount: number) {
    this.#source = source;
    this.#sensorCount = sensorCount;
  }

  /**
   * Samples for all sensors; settles within `limitMs`, whatever the source does. Never rejects, except with the
   * signal's reason.
   */
  async sample(limitMs: number, signal: AbortSignal): Promise<Samples> {
    const reads = this.#source.perSensor ? this.#sensorCount : 1;
    if (this.#unfinished > 0) {
      return this.#spread(reads, [{ failure: new SourceError('the sample before is still under way') }]);
    }
    signal.throwIfAborted();
    const bounds = new AbortController();
    setMaxListeners(0, bounds.signal);
    const timer = setTimeout(() => {
      bounds.abort(new SourceError(`no value within ${Math.round(limitMs)} ms`));
    }, limitMs);
    const stop = (): void => {
      bounds.abort(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      const results = await Promise.all(Array.from({ length: reads }, () => this.#read(bounds.signal)));
      signal.throwIfAborted();
      return this.#spread(reads, results);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  async #read(signal: AbortSignal): Promise<Result> {
    let stopWaiting: () => void = () => {};
    const aborted = new Promise<never>((_resolve, reject) => {
      stopWaiting = () => {
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stopWaiting, { once: true });
    });
    this.#unfinished += 1;
    const read = this.#source.read(signal).finally(() => {
      this.#unfinished -= 1;
    });
    try {
      const value = await Promise.race([read, aborted]);
      if (!Number.isFinite(value)) throw new SourceError(`${value} is not a finite number`);
      return { value };
    } catch (failure) {
      return { failure };
    } finally {
      signal.removeEventListener('abort', stopWaiting);
      // Whichever of the two loses the race must not count as unhandled.
      read.catch(() => {});
      aborted.catch(() => {});
    }
  }

  /** The results by sensor: each its own, or the one of all. */
  #spread(reads: number, results: readonly Result[]): Samples {
    const values = Array.from({ length: this.#sensorCount }, (_, sensor) => {
      const result = results[reads === 1 ? 0 : sensor] ?? results[0];
      return result !== undefined && 'value' in result ? result.value : undefined;
    });
    return { values, failures: results.flatMap((result) => ('failure' in result ? [result.failure] : [])) };
  }
}

type Result = { value: number } | { failure: unknown };
