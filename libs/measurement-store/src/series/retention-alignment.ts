import { type Command, sendAll, TimeSeriesError, tsAlter } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';
import { groupKeys, type GroupKeys } from '../keys.js';
import { compactionRetentionMs } from './compaction.js';
import { groupSeries, type Series, sensorSeries } from './series.js';

/** Field of the settings hash. */
const RETENTION_FIELD = 'retentionMs';

/** Series whose settings change in one round trip. */
const SERIES_PER_ROUND_TRIP = 100;

/** Groups that are remembered as aligned; a process that sees more checks some again. */
const MAX_REMEMBERED_GROUPS = 10_000;

/**
 * Gives the series of a group the retention that this process is configured with, where they were created with another.
 * Checked once per group and process; replicas are expected to have the same setting, else the last to start wins.
 */
export class RetentionAlignment {
  readonly #connection: BoundedConnection;
  readonly #retentionMs: number;
  readonly #aligned = new Set<string>();

  constructor(connection: BoundedConnection, retentionMs: number) {
    this.#connection = connection;
    this.#retentionMs = retentionMs;
  }

  async align(group: string): Promise<void> {
    if (this.#aligned.has(group)) return;
    const keys = groupKeys(group);
    const wanted = String(this.#retentionMs);
    const known = await this.#connection.run((redis) => redis.hget(keys.settings, RETENTION_FIELD));
    if (known !== wanted) {
      if (known !== null) await this.#alterAll(keys);
      await this.#connection.run((redis) => redis.hset(keys.settings, RETENTION_FIELD, wanted));
    }
    if (this.#aligned.size >= MAX_REMEMBERED_GROUPS) this.#aligned.clear();
    this.#aligned.add(group);
  }

  async #alterAll(keys: GroupKeys): Promise<void> {
    const ids = await this.#connection.run((redis) => redis.hkeys(keys.sensors));
    const series = [...groupSeries(keys), ...ids.map((id) => sensorSeries(keys, id))];
    for (let first = 0; first < series.length; first += SERIES_PER_ROUND_TRIP) {
      const commands = series
        .slice(first, first + SERIES_PER_ROUND_TRIP)
        .flatMap((one) => this.#commands(keys, one));
      for (const result of await this.#connection.run((redis) => sendAll(redis, commands))) {
        if (!result.ok && !isMissing(result.error)) throw toStoreError(result.error);
      }
    }
  }

  #commands(keys: GroupKeys, { key, sensorId, compactions }: Series): Command<void>[] {
    return [
      tsAlter(key, { retentionMs: this.#retentionMs }),
      ...compactions.map(({ resolution, aggregate }) =>
        tsAlter(keys.compaction(resolution, aggregate, sensorId), {
          retentionMs: compactionRetentionMs(resolution, this.#retentionMs),
        }),
      ),
    ];
  }
}

function isMissing(error: Error): boolean {
  return error instanceof TimeSeriesError && error.code === 'KEY_NOT_FOUND';
}
