import { type BoundedConnection } from '../connection/bounded-connection.js';
import { InvalidQueryError } from '../errors.js';
import { EVENT_STREAM_LENGTH } from '../events/event-stream.js';
import { groupKeys, type GroupKeys } from '../keys.js';
import { cutSeriesScript } from '../scripts/cut-series.js';
import { repairGroupScript } from '../scripts/repair-group.js';
import { type ScriptRun, type ScriptRunner } from '../scripts/script-runner.js';
import { groupSeries, type Series, sensorSeries, seriesKeys } from '../series/series.js';

/** Sensors whose series one step cuts: up to 1,400 keys. */
const SENSORS_PER_STEP = 200;

/** What to remove of a group; at least one of the two. */
export interface GroupRepair {
  /** Last timestamp to keep, in ms: every later value is removed. */
  readonly after?: number | undefined;
  /** Newest fencing token to keep: newer ones are forgotten, so that leaders with this one are not refused. */
  readonly newestToken?: string | undefined;
}

/** What a repair has removed. */
export interface RepairOutcome {
  readonly measurements: number;
  readonly tokens: number;
}

/** What {@link repairGroup} needs. */
export interface RepairParts {
  readonly connection: BoundedConnection;
  readonly scripts: ScriptRunner;
  /** Of raw values, in ms. */
  readonly retentionMs: number;
}

/**
 * Repairs a group that was written to under a wrong clock or with a wrong token. It goes step by step, each of them
 * atomic; one that was interrupted is finished by repeating it.
 *
 * @throws InvalidQueryError where nothing is to be removed, or a value is out of range
 */
export async function repairGroup(
  { connection, scripts, retentionMs }: RepairParts,
  group: string,
  { after, newestToken }: GroupRepair,
): Promise<RepairOutcome> {
  checkRepair({ after, newestToken });
  const keys = groupKeys(group);
  let measurements = 0;
  if (after !== undefined) {
    const ids = await connection.run((redis) => redis.hkeys(keys.sensors));
    for (let first = 0; first < ids.length; first += SENSORS_PER_STEP) {
      const sensors = ids.slice(first, first + SENSORS_PER_STEP).map((id) => sensorSeries(keys, id));
      await scripts.run(cutSeriesScript, cutOf(keys, sensors, { after, retentionMs }));
    }
    const [, removed] = await scripts.run(
      cutSeriesScript,
      cutOf(keys, groupSeries(keys), { after, retentionMs }),
    );
    measurements = Number(removed?.[0]);
  }
  const [, tokens] = await scripts.run(repairGroupScript, {
    keys: [keys.fence, keys.status, keys.pending, keys.events, keys.mean, keys.count],
    args: [keys.channel, String(EVENT_STREAM_LENGTH), after?.toString() ?? '', newestToken ?? ''],
  });
  return { measurements, tokens: Number(tokens?.[0]) };
}

/** The run that cuts series; the number it answers is that of the first. */
function cutOf(
  keys: GroupKeys,
  series: readonly Series[],
  { after, retentionMs }: { after: number; retentionMs: number },
): ScriptRun {
  return {
    keys: [keys.sensors, ...series.flatMap((each) => seriesKeys(keys, each))],
    args: [
      ...[String(after), String(retentionMs)],
      ...series.flatMap(({ sensorId = '', compactions }) => [sensorId, String(compactions.length)]),
    ],
  };
}

function checkRepair({ after, newestToken }: GroupRepair): void {
  if (after === undefined && newestToken === undefined) {
    throw new InvalidQueryError(
      'A repair needs the last timestamp to keep (after), the newest token (newestToken), or both.',
    );
  }
  if (after !== undefined && (!Number.isSafeInteger(after) || after < 0)) {
    throw new InvalidQueryError(`after ${after} is not a non-negative integer of ms.`);
  }
  if (newestToken !== undefined && !/^(0|[1-9]\d{0,19})$/.test(newestToken)) {
    throw new InvalidQueryError(
      `newestToken ${JSON.stringify(newestToken)} is not a decimal number of at most 20 digits.`,
    );
  }
}
