import { sendAll, TimeSeriesError, tsGet, tsInfo, type SeriesInfo } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';
import { groupKeys, type GroupKeys } from '../keys.js';
import { fillBucketsScript } from '../scripts/fill-buckets.js';
import { makeRulesScript, RULES_FIELD } from '../scripts/make-rules.js';
import { type ScriptRunner } from '../scripts/script-runner.js';
import { type Compaction, RESOLUTION_MS } from './compaction.js';
import { DueGroups } from './due-groups.js';
import { creationOf, groupSeries, type Series, sensorSeries } from './series.js';

/** How often a process looks through the rules of a group, in ms. */
const INTERVAL_MS = 600_000;

/** Series that are looked at in one round trip. */
const SERIES_PER_ROUND_TRIP = 100;

/** Time whose buckets one step computes, in ms; with a value in 5 s it reads 6,000 of them. */
const STEP_MS = 30_000_000;

/** What was repaired. */
export interface Repair {
  /** Series of which rules were missing. */
  readonly series: number;
  readonly rules: number;
  /** Buckets that the rules had missed, as far as raw values reach. */
  readonly buckets: number;
}

/** What {@link RuleRepair} needs. */
export interface RuleRepairParts {
  readonly connection: BoundedConnection;
  readonly scripts: ScriptRunner;
  /** Of raw values, in ms; 0 keeps all. */
  readonly retentionMs: number;
  readonly onRepair: (group: string, repair: Repair) => void;
  readonly onFailure: (group: string, error: unknown) => void;
}

/**
 * Makes compaction rules that are missing again, with the buckets that they missed. RedisTimeSeries drops the rules of a
 * series that is moved with its Cluster slot, copied or restored; its compactions would get no more values, and say so
 * nowhere. Buckets that were open when a rule was made lack what came before, and are computed once they are closed.
 */
export class RuleRepair {
  readonly #parts: RuleRepairParts;
  readonly #due = new DueGroups(INTERVAL_MS);

  constructor(parts: RuleRepairParts) {
    this.#parts = parts;
  }

  /** Looks through a group in the background, at most once in ten minutes; a failure is left to the next look. */
  consider(group: string): void {
    if (!this.#due.take(group)) return;
    this.repair(group).catch((error: unknown) => {
      this.#parts.onFailure(group, error);
    });
  }

  /** Looks through a group, and repairs it. */
  async repair(group: string): Promise<Repair> {
    const keys = groupKeys(group);
    const [ids, settings] = await this.#parts.connection.run((redis) =>
      Promise.all([redis.hkeys(keys.sensors), redis.hkeys(keys.settings)]),
    );
    const [mean] = groupSeries(keys);
    const all = [mean, ...ids.map((id) => sensorSeries(keys, id))];
    const incomplete = incompleteIn(settings);
    const repair = { series: 0, rules: 0, buckets: 0 };
    for (let first = 0; first < all.length; first += SERIES_PER_ROUND_TRIP) {
      for (const [series, info] of await this.#look(all.slice(first, first + SERIES_PER_ROUND_TRIP))) {
        const made = await this.#makeRules(group, keys, series, info);
        if (made.length > 0) repair.series += 1;
        repair.rules += made.length;
        for (const compaction of made) {
          repair.buckets += await this.#fillMissed(keys, series, compaction, info);
        }
        for (const [field, madeAt] of incomplete.get(series.sensorId ?? '') ?? []) {
          const isComplete = await this.#complete(keys, series, info, madeAt);
          if (isComplete) await this.#parts.connection.run((redis) => redis.hdel(keys.settings, field));
        }
      }
    }
    if (repair.rules > 0) this.#parts.onRepair(group, repair);
    return repair;
  }

  async #look(page: readonly Series[]): Promise<[Series, SeriesInfo][]> {
    const infos = await this.#parts.connection.run((redis) =>
      sendAll(
        redis,
        page.map(({ key }) => tsInfo(key)),
      ),
    );
    return page.flatMap((series, index): [Series, SeriesInfo][] => {
      const info = infos[index];
      if (info === undefined) return [];
      if (info.ok) return [[series, info.value]];
      const { error } = info;
      // A sensor without values, or what another program keeps under its key, has no rules.
      const isNone =
        error instanceof TimeSeriesError && (error.code === 'KEY_NOT_FOUND' || error.code === 'WRONG_TYPE');
      if (isNone) return [];
      throw toStoreError(error);
    });
  }

  async #makeRules(
    group: string,
    keys: GroupKeys,
    series: Series,
    { rules }: SeriesInfo,
  ): Promise<readonly Compaction[]> {
    const destinations = new Set(rules.map(({ destination }) => destination));
    const missing = series.compactions.filter(
      ({ resolution, aggregate }) =>
        !destinations.has(keys.compaction(resolution, aggregate, series.sensorId)),
    );
    if (missing.length === 0) return [];
    const creation = creationOf(group, keys, { ...series, compactions: missing }, this.#parts.retentionMs);
    const [, ...positions] = await this.#parts.scripts.run(makeRulesScript, {
      keys: [keys.settings, ...creation.keys.slice(1)],
      args: creation.args,
    });
    return positions.flatMap(([position]) => missing[Number(position) - 3] ?? []);
  }

  /** Computes what a compaction lacks: the closed buckets behind its newest. */
  async #fillMissed(
    keys: GroupKeys,
    series: Series,
    compaction: Compaction,
    { firstTimestamp, lastTimestamp }: SeriesInfo,
  ): Promise<number> {
    const { resolution, aggregate } = compaction;
    const widthMs = RESOLUTION_MS[resolution];
    const key = keys.compaction(resolution, aggregate, series.sensorId);
    const [newest] = await this.#parts.connection.run((redis) => sendAll(redis, [tsGet(key)]));
    if (!newest.ok) throw toStoreError(newest.error);
    const first = Number(firstTimestamp);
    const from = newest.value === null ? first : Math.max(first, Number(newest.value.timestamp) + widthMs);
    return this.#fill(series.key, key, compaction, { from, to: floorTo(Number(lastTimestamp), widthMs) - 1 });
  }

  /** Computes the buckets that were open when rules were made, as far as they are closed by now; whether all were. */
  async #complete(
    keys: GroupKeys,
    series: Series,
    { lastTimestamp }: SeriesInfo,
    madeAt: number,
  ): Promise<boolean> {
    let isComplete = true;
    for (const compaction of series.compactions) {
      const { resolution, aggregate } = compaction;
      const from = floorTo(madeAt, RESOLUTION_MS[resolution]);
      const to = from + RESOLUTION_MS[resolution] - 1;
      const key = keys.compaction(resolution, aggregate, series.sensorId);
      if (to < Number(lastTimestamp)) await this.#fill(series.key, key, compaction, { from, to });
      else isComplete = false;
    }
    return isComplete;
  }

  /** Computes the buckets of a range; how many. */
  async #fill(
    raw: string,
    key: string,
    { resolution, aggregate }: Compaction,
    { from, to }: { from: number; to: number },
  ): Promise<number> {
    const widthMs = RESOLUTION_MS[resolution];
    const count = Math.max(1, Math.floor(STEP_MS / widthMs));
    let filled = 0;
    for (let next = from; next <= to;) {
      const [written, last] = await this.#parts.scripts.run(fillBucketsScript, {
        keys: [raw, key],
        args: [aggregate, String(widthMs), String(next), String(to), String(count)],
      });
      const buckets = Number(written?.[0]);
      filled += buckets;
      if (buckets < count) break;
      next = Number(last?.[0]) + widthMs;
    }
    return filled;
  }
}

/** When rules were made whose then open buckets may lack values, by sensor (empty: the mean), from the settings' fields. */
function incompleteIn(fields: readonly string[]): Map<string, [field: string, madeAt: number][]> {
  const found = new Map<string, [string, number][]>();
  for (const field of fields) {
    if (!field.startsWith(RULES_FIELD)) continue;
    const [madeAt = '', ...rest] = field.slice(RULES_FIELD.length).split(':');
    const id = rest.join(':');
    found.set(id, [...(found.get(id) ?? []), [field, Number(madeAt)]]);
  }
  return found;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
