import { type GroupKeys } from '../keys.js';
import { createSeriesScript } from '../scripts/create-series.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { type SeriesLimits } from './series-limits.js';
import { creationOf, type Series } from './series.js';

/** Series that are created in one round trip; each is up to 21 commands. */
const SERIES_PER_ROUND_TRIP = 100;

/**
 * Creates series with retention, labels and compactions. Any number of replicas may do so at the same time: each series
 * is created by one atomic script, which does nothing where it exists.
 */
export class SeriesCreator {
  readonly #scripts: ScriptRunner;
  readonly #limits: SeriesLimits;
  readonly #retentionMs: number;

  constructor(scripts: ScriptRunner, limits: SeriesLimits, retentionMs: number) {
    this.#scripts = scripts;
    this.#limits = limits;
    this.#retentionMs = retentionMs;
  }

  /** @throws LimitReachedError where these are too many; none is created then */
  async create(group: string, keys: GroupKeys, series: readonly Series[]): Promise<void> {
    await this.#limits.require(group, keys, series);
    for (let first = 0; first < series.length; first += SERIES_PER_ROUND_TRIP) {
      const page = series.slice(first, first + SERIES_PER_ROUND_TRIP);
      const runs = page.map((one) => creationOf(group, keys, one, this.#retentionMs));
      for (const answer of await this.#scripts.runAll(createSeriesScript, runs)) {
        if (answer instanceof Error) throw answer;
      }
    }
  }
}
