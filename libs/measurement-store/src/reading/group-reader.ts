import { type GroupStatus, type SensorReading, type SensorState } from '@atalaya/contracts';
import { decodeValue, sendAll, tsGet } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { isUnderstood } from '../connection/store-error.js';
import { type GroupKeys, groupKeys } from '../keys.js';

/** A sensor's value that is further ahead of this process's clock, in ms, is none of now. */
const MAX_LEAD_MS = 60_000;

/** Reads what is known of a group besides its series. */
export class GroupReader {
  readonly #connection: BoundedConnection;
  readonly #retentionMs: number;

  /** @param retentionMs how long raw values are kept; 0 for ever */
  constructor(connection: BoundedConnection, retentionMs: number) {
    this.#connection = connection;
    this.#retentionMs = retentionMs;
  }

  /** The status at the newest tick. */
  async status(group: string): Promise<GroupStatus> {
    const keys = groupKeys(group);
    const fields = await this.#read(keys, keys.status);
    const { tick, value, count, leader, token, since, stale, invalid } = fields;
    return {
      group,
      leader: textOrNull(leader),
      token: textOrNull(token),
      since: numberOrNull(since),
      tick: numberOrNull(tick),
      value: numberOrNull(value),
      count: numberOrNull(count) ?? 0,
      stale: idsOf(stale),
      invalid: idsOf(invalid),
    };
  }

  /** Every sensor that is named by the newest report or had a value within the retention before it, by id. */
  async sensors(group: string): Promise<SensorReading[]> {
    const keys = groupKeys(group);
    // The status is read first: a tick that lands between the two reads makes its sensors newer than it, not older.
    const { tick, stale, invalid } = await this.status(group);
    const values = await this.#read(keys, keys.sensors);
    const excluded = new Map<string, SensorState>();
    for (const id of stale) excluded.set(id, 'stale');
    for (const id of invalid) excluded.set(id, 'invalid');
    const readings: SensorReading[] = [];
    const latest = Math.max(tick ?? 0, Date.now() + MAX_LEAD_MS);
    for (const [id, text] of Object.entries(values)) {
      const state = excluded.get(id);
      if (text === '' && state === undefined) continue; // Its series was created, but no value was stored.
      const [timestamp = null, value = null] = text === '' ? [] : text.split(' ').map(decodeValue);
      if (state === undefined && this.#isLongGone(timestamp, tick)) continue;
      const isCurrent = timestamp !== null && tick !== null && timestamp >= tick && timestamp <= latest;
      readings.push({ id, value, timestamp, state: state ?? (isCurrent ? 'ok' : 'gone') });
      excluded.delete(id);
    }
    for (const [id, state] of excluded) readings.push({ id, value: null, timestamp: null, state });
    return readings.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  }

  /** A hash of the group. A server without RedisTimeSeries has none either; it is not taken for a group without data. */
  async #read(keys: GroupKeys, hash: string): Promise<Record<string, string>> {
    return this.#connection.run(async (redis) => {
      const fields = await redis.hgetall(hash);
      if (Object.keys(fields).length > 0) return fields;
      const [newest] = await sendAll(redis, [tsGet(keys.mean)]);
      if (newest.ok || isUnderstood(newest.error)) return fields;
      throw newest.error;
    });
  }

  #isLongGone(timestamp: number | null, tick: number | null): boolean {
    if (this.#retentionMs === 0 || timestamp === null || tick === null) return false;
    return timestamp < tick - this.#retentionMs;
  }
}

function textOrNull(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined || text === '' ? null : decodeValue(text);
}

function idsOf(json: string | undefined): string[] {
  return json === undefined ? [] : (JSON.parse(json) as string[]);
}
