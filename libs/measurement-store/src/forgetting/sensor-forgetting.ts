import { decodeValue } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { groupKeys } from '../keys.js';
import { forgetSensorsScript } from '../scripts/forget-sensors.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { compactionRetentionMs } from '../series/compaction.js';
import { DueGroups } from '../series/due-groups.js';
import { seriesKeys, sensorSeries } from '../series/series.js';

/** How often a process looks for sensors of a group to forget, in ms. */
const INTERVAL_MS = 3_600_000;

/** Sensors that one step removes: up to 1,400 keys. */
const SENSORS_PER_STEP = 200;

/** What {@link SensorForgetting} needs. */
export interface SensorForgettingParts {
  readonly connection: BoundedConnection;
  readonly scripts: ScriptRunner;
  /** Of raw values, in ms; 0 keeps all. */
  readonly retentionMs: number;
  readonly onFailure: (group: string, error: unknown) => void;
}

/**
 * Removes sensors that left long ago: a series counts its retention from its own newest value, so that one that gets no
 * more would stay for ever. A sensor is forgotten when even its averages of hours, which are kept longest, have expired
 * by the newest tick of its group and by the server's clock, whichever is earlier: a tick that is named wrongly, far in
 * the future, removes nothing.
 */
export class SensorForgetting {
  readonly #parts: SensorForgettingParts;
  readonly #due = new DueGroups(INTERVAL_MS);

  constructor(parts: SensorForgettingParts) {
    this.#parts = parts;
  }

  /** Looks through a group in the background, at most once in an hour; a failure is left to the next look. */
  consider(group: string): void {
    const { retentionMs, onFailure } = this.#parts;
    if (retentionMs === 0 || !this.#due.take(group)) return;
    this.forget(group).catch((error: unknown) => {
      onFailure(group, error);
    });
  }

  /** Removes what is to be forgotten of a group; how many sensors. */
  async forget(group: string): Promise<number> {
    const { connection, scripts, retentionMs } = this.#parts;
    const keys = groupKeys(group);
    const [tick, [seconds], lastValues] = await connection.run((redis) =>
      Promise.all([redis.hget(keys.status, 'tick'), redis.time(), redis.hgetall(keys.sensors)]),
    );
    if (tick === null) return 0;
    const now = Math.min(decodeValue(tick), Number(seconds) * 1_000);
    const limit = now - compactionRetentionMs('1h', retentionMs);
    const expired = Object.entries(lastValues).flatMap(([id, text]) =>
      text !== '' && Number(text.split(' ', 1)[0]) < limit ? [id] : [],
    );
    let forgotten = 0;
    for (let first = 0; first < expired.length; first += SENSORS_PER_STEP) {
      const ids = expired.slice(first, first + SENSORS_PER_STEP);
      const series = ids.map((id) => seriesKeys(keys, sensorSeries(keys, id)));
      const [, count] = await scripts.run(forgetSensorsScript, {
        keys: [keys.sensors, ...series.flat()],
        args: [String(limit), String(series[0]?.length ?? 0), ...ids],
      });
      forgotten += Number(count?.[0] ?? 0);
    }
    return forgotten;
  }
}
