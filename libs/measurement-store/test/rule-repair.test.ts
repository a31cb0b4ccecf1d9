import { jest } from '@jest/globals';
import { type Measurement } from '@atalaya/contracts';
import { tsDeleteRule, tsInfo, send } from '@atalaya/redis-timeseries';
import { type Redis } from 'ioredis';
import { BoundedConnection } from '../src/connection/bounded-connection.js';
import { MeasurementStore, measurementScripts, type SeriesQuery } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { ScriptRunner } from '../src/scripts/script-runner.js';
import { type Repair, RuleRepair } from '../src/series/rule-repair.js';
import { groupSeries, type Series, seriesKeys, sensorSeries } from '../src/series/series.js';
import { eventually } from './eventually.js';
import { runByLua } from './lua-script.js';
import { startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(300_000);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEP = 15_000;
const START = 19_000 * 24 * HOUR;

/** Values of a span of hours, one in 15 s. */
function values(fromHour: number, toHour: number): Measurement[] {
  const [first, end] = [fromHour, toHour].map((hour) => Math.round((hour * HOUR) / STEP)) as [number, number];
  return Array.from({ length: end - first }, (_, i) => {
    const timestamp = START + (first + i) * STEP;
    return { timestamp, value: ((timestamp / STEP) * 7_919) % 101 };
  });
}

describe.each([
  ['the JavaScript form', measurementScripts],
  ['the Lua text', measurementScripts.map(runByLua)],
])('by %s of the scripts', (_form, scripts) => {
  let server: StoreServer;
  let redis: Redis;
  let group: string;

  beforeAll(async () => {
    server = await startStoreServer(scripts);
  });

  afterAll(() => server[Symbol.asyncDispose]());

  beforeEach(() => {
    redis = server.connect();
    group = server.newGroup();
  });

  /** A process of its own, with what it logs. */
  function open(): { store: MeasurementStore; warnings: string[] } {
    const warnings: string[] = [];
    const logger = { debug: () => {}, warn: (_details: object, text: string) => warnings.push(text) };
    const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 60_000, logger });
    return { store, warnings };
  }

  async function record(store: MeasurementStore, measurements: readonly Measurement[]): Promise<void> {
    const reports = measurements.map((each) => ({ group, ...each, sensors: { s: each.value } }));
    const outcomes = await store.recordAll(reports);
    expect(outcomes.every(({ outcome }) => outcome === 'stored')).toBe(true);
  }

  const raw = (): Series[] => {
    const keys = groupKeys(group);
    return [groupSeries(keys)[0], sensorSeries(keys, 's')];
  };

  /** What becomes of the rules when the slot of the group moves. */
  async function loseRules(): Promise<void> {
    for (const series of raw()) {
      for (const compaction of seriesKeys(groupKeys(group), series).slice(1)) {
        await send(redis, tsDeleteRule(series.key, compaction));
      }
    }
  }

  async function repair(): Promise<Repair> {
    const connection = new BoundedConnection(redis, { commandTimeoutMs: 60_000, maxPending: 10 });
    const parts = { connection, scripts: new ScriptRunner(connection), retentionMs: 0 };
    return new RuleRepair({ ...parts, onRepair: () => {}, onFailure: () => {} }).repair(group);
  }

  async function expectRanges(store: MeasurementStore, all: readonly Measurement[]): Promise<void> {
    for (const bucketMs of [MINUTE, HOUR]) {
      for (const aggregate of ['avg', 'min', 'max'] as const) {
        const query: SeriesQuery = { from: START, limit: 100_000, bucketMs, aggregate };
        const expected = bucketsOf(all, bucketMs, aggregate);
        expect(rounded(await store.measurements({ group, ...query }))).toEqual(expected);
        expect(rounded(await store.sensorMeasurements('s', { group, ...query }))).toEqual(expected);
      }
    }
  }

  test('a process that starts makes lost rules again, with what they missed, and says so once', async () => {
    const { store } = open();
    await record(store, values(0, 6.3));
    await loseRules();
    await record(store, values(6.3, 12));
    const minutes = { group, from: START, limit: 1_000, bucketMs: MINUTE };
    const incomplete = await store.measurements(minutes);
    expect(incomplete.length).toBeLessThan(720);

    const restarted = open();
    await record(restarted.store, values(12, 12.01));
    await eventually(() => restarted.warnings.length > 0);
    expect(restarted.warnings).toEqual([
      expect.stringMatching(
        /^16 compaction rules of group .* were missing.* with \d+ buckets that they had missed$/,
      ),
    ]);
    expect((await restarted.store.measurements(minutes)).length).toBe(721);
    await expectRanges(restarted.store, values(0, 12.01));
    for (const series of raw()) {
      expect((await send(redis, tsInfo(series.key))).rules).toHaveLength(series.compactions.length);
    }
  });

  test('buckets that were open when rules were made are completed, and nothing is done twice', async () => {
    const { store } = open();
    await record(store, values(0, 8.29));
    await loseRules();
    expect(await repair()).toMatchObject({ series: 2, rules: 16 });
    expect(await repair()).toEqual({ series: 0, rules: 0, buckets: 0 });
    await record(store, values(8.29, 8.5));
    await repair();
    await record(store, values(8.5, 10));
    await repair();
    await expectRanges(store, values(0, 10));
    expect(await redis.hkeys(groupKeys(group).settings)).toEqual(['retentionMs']);
  });

  test('rules that are lost again before the repair is complete, a compaction that is gone, processes at once', async () => {
    const { store } = open();
    await record(store, values(0, 2.1));
    await loseRules();
    const [first, second] = await Promise.all([repair(), repair()]);
    expect(first.rules + second.rules).toBe(16);
    await record(store, values(2.1, 3.2));
    await loseRules();
    await redis.del(groupKeys(group).compaction('1h', 'max'));
    await record(store, values(3.2, 9));
    expect((await repair()).rules).toBe(16);
    await record(store, values(9, 11));
    await repair();
    await expectRanges(store, values(0, 11));
  });
});

function bucketsOf(
  all: readonly Measurement[],
  bucketMs: number,
  aggregate: 'avg' | 'min' | 'max',
): Measurement[] {
  const gathered = new Map<number, number[]>();
  for (const { timestamp, value } of all) {
    const start = Math.floor(timestamp / bucketMs) * bucketMs;
    const bucket = gathered.get(start);
    if (bucket === undefined) gathered.set(start, [value]);
    else bucket.push(value);
  }
  const combine = {
    avg: (bucket: number[]) => bucket.reduce((a, b) => a + b, 0) / bucket.length,
    min: (bucket: number[]) => Math.min(...bucket),
    max: (bucket: number[]) => Math.max(...bucket),
  }[aggregate];
  return rounded([...gathered].map(([timestamp, bucket]) => ({ timestamp, value: combine(bucket) })));
}

/** Sums in another order differ in the last digits. */
function rounded(measurements: readonly Measurement[]): Measurement[] {
  return measurements.map(({ timestamp, value }) => ({ timestamp, value: Number(value.toPrecision(12)) }));
}
