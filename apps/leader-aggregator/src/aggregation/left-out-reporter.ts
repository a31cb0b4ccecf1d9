import type { Logger } from '@atalaya/service-kit';
import type { SortedValues } from './sort-out.js';

const SHOWN_SENSORS = 100;

/** Names the sensors that are left out of the mean, each once until it counts again or is gone. */
export class LeftOutReporter {
  readonly #logger: Logger;
  readonly #staleAfterMs: number;
  #invalid: ReadonlySet<string> = new Set();
  #stale: ReadonlySet<string> = new Set();

  constructor(logger: Logger, staleAfterMs: number) {
    this.#logger = logger;
    this.#staleAfterMs = staleAfterMs;
  }

  update(values: SortedValues): void {
    const newInvalid = [...values.invalid].filter(([id]) => !this.#invalid.has(id));
    const newStale = values.stale.filter((id) => !this.#stale.has(id));
    const back = [...new Set([...this.#invalid, ...this.#stale])].filter((id) => values.valid.has(id));
    if (newInvalid.length > 0) {
      const named = newInvalid.map(([id, text]) => `${id} (${JSON.stringify(text)})`);
      this.#logger.warn(
        { sensors: newInvalid.slice(0, SHOWN_SENSORS).map(([id]) => id), count: newInvalid.length },
        `left out of the mean, not a finite decimal number: ${list(named)}`,
      );
    }
    if (newStale.length > 0) {
      this.#logger.warn(
        { sensors: newStale.slice(0, SHOWN_SENSORS), count: newStale.length },
        `left out of the mean, not written for more than ${this.#staleAfterMs} ms: ${list(newStale)}`,
      );
    }
    if (back.length > 0) {
      this.#logger.info(
        { sensors: back.slice(0, SHOWN_SENSORS), count: back.length },
        `in the mean again: ${list(back)}`,
      );
    }
    this.#invalid = new Set(values.invalid.keys());
    this.#stale = new Set(values.stale);
  }
}

function list(sensors: readonly string[]): string {
  const more = sensors.length - SHOWN_SENSORS;
  return sensors.slice(0, SHOWN_SENSORS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
