import { type BoundedConnection } from '../connection/bounded-connection.js';
import { EVENT_STREAM_LENGTH } from '../events/event-stream.js';
import { groupKeys } from '../keys.js';
import { clearGroupScript } from '../scripts/clear-group.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { groupSeries, sensorSeries, seriesKeys } from '../series/series.js';

/** Sensors whose series one step removes: up to 1,400 keys. */
const SENSORS_PER_STEP = 200;

/** Rounds that wait for sensors added meanwhile to be removed too; then the rest is removed all the same. */
const MAX_ROUNDS = 10;

/**
 * Removes a group's series, sensors, status and terms. A group of up to 200 sensors goes in one atomic step; a larger one loses
 * its sensors step by step and its means, status and the announcement in the last.
 */
export async function clearGroup(
  connection: BoundedConnection,
  scripts: ScriptRunner,
  group: string,
): Promise<void> {
  const keys = groupKeys(group);
  const [mean, ...figures] = groupSeries(keys);
  const own = [mean, ...figures].flatMap((series) => seriesKeys(keys, series));
  const step = async (ids: readonly string[], mode: '' | 'last' | 'force'): Promise<boolean> => {
    const series = ids.flatMap((id) => seriesKeys(keys, sensorSeries(keys, id)));
    const [answer] = await scripts.run(clearGroupScript, {
      keys: [
        keys.status,
        keys.sensors,
        keys.pending,
        keys.events,
        ...series,
        ...(mode === '' ? [] : [keys.terms, ...own]),
      ],
      args: [keys.channel, String(EVENT_STREAM_LENGTH), mode, JSON.stringify({ group }), ...ids],
    });
    return answer?.[0] === 'cleared';
  };
  for (let round = 1; ; round += 1) {
    let ids = await connection.run((redis) => redis.hkeys(keys.sensors));
    while (ids.length > SENSORS_PER_STEP) {
      await step(ids.slice(0, SENSORS_PER_STEP), '');
      ids = ids.slice(SENSORS_PER_STEP);
    }
    if (await step(ids, round < MAX_ROUNDS ? 'last' : 'force')) return;
  }
}
