import { jest } from '@jest/globals';
import { type TickReport } from '@atalaya/contracts';
import { type Redis } from 'ioredis';
import { BoundedConnection } from '../src/connection/bounded-connection.js';
import { SensorForgetting } from '../src/forgetting/sensor-forgetting.js';
import { MeasurementStore, measurementScripts } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { ScriptRunner } from '../src/scripts/script-runner.js';
import { sensorSeries, seriesKeys } from '../src/series/series.js';
import { eventually } from './eventually.js';
import { runByLua } from './lua-script.js';
import { startStoreServer, type StoreServer } from './store-server.js';

jest.setTimeout(120_000);

const DAY_MS = 86_400_000;
const RETENTION_MS = 30 * DAY_MS;
/** Averages of hours are kept for two years. */
const HOURS_KEPT_MS = 730 * DAY_MS;

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

  /** A process of its own: it looks for sensors to forget at the first report that it stores. */
  function open(maxAheadMs?: number): MeasurementStore {
    return new MeasurementStore(redis, { retentionMs: RETENTION_MS, commandTimeoutMs: 60_000, maxAheadMs });
  }

  function report(timestamp: number, sensors: Record<string, number>): TickReport {
    return { group, timestamp, value: 1, sensors };
  }

  const knownIds = (): Promise<string[]> => redis.hkeys(groupKeys(group).sensors);
  const keysOf = (id: string): Promise<number> => {
    const keys = groupKeys(group);
    return redis.exists(...seriesKeys(keys, sensorSeries(keys, id)));
  };

  test('one that left is shown as gone for the retention; its averages outlive that', async () => {
    const now = Date.now();
    const store = open();
    await store.record(report(now - RETENTION_MS - 2, { left: 5, stays: 1 }));
    await store.record(report(now - 2, { stays: 2 }));
    expect((await store.sensors(group)).map(({ id, state }) => [id, state])).toEqual([
      ['left', 'gone'],
      ['stays', 'ok'],
    ]);
    await store.record(report(now, { stays: 3 }));
    expect((await store.sensors(group)).map(({ id }) => id)).toEqual(['stays']);
    expect(await store.sensorMeasurements('left', { group, limit: 10 })).toEqual([
      { timestamp: now - RETENTION_MS - 2, value: 5 },
    ]);
    await store.record(report(now + 1, { left: 6 }));
    expect((await store.sensors(group)).find(({ id }) => id === 'left')).toMatchObject({
      state: 'ok',
      value: 6,
    });
  });

  test('with its last averages it is forgotten, keys and all, and can come back', async () => {
    const now = Date.now();
    await open().record(report(now - HOURS_KEPT_MS - 60_000, { left: 5, stays: 1 }));
    await open().record(report(now - HOURS_KEPT_MS + 60_000, { later: 1, stays: 1 }));
    await open().record(report(now, { stays: 2 }));
    await eventually(async () => !(await knownIds()).includes('left'));
    expect([await keysOf('left'), await keysOf('later'), await keysOf('stays')]).toEqual([0, 7, 7]);
    expect((await knownIds()).sort()).toEqual(['later', 'stays']);
    const store = open();
    await store.record(report(now + 5_000, { left: 7 }));
    expect(await store.sensorMeasurements('left', { group, limit: 10 })).toEqual([
      { timestamp: now + 5_000, value: 7 },
    ]);
  });

  test('very many are forgotten', async () => {
    const now = Date.now();
    const many = Object.fromEntries(Array.from({ length: 450 }, (_, i) => [`sensor-${i}`, i]));
    await open().record(report(now - HOURS_KEPT_MS - 60_000, many));
    await open().record(report(now, { stays: 2 }));
    await eventually(async () => (await knownIds()).length === 1);
    expect(await keysOf('sensor-449')).toBe(0);
  });

  test('a tick far in the future makes none forgotten', async () => {
    const now = Date.now();
    await open().record(report(now, { a: 1 }));
    await open(1_000 * HOURS_KEPT_MS).record(report(now + 100 * HOURS_KEPT_MS, { b: 1 }));
    const connection = new BoundedConnection(redis, { commandTimeoutMs: 60_000, maxPending: 10 });
    const forgetting = new SensorForgetting({
      connection,
      scripts: new ScriptRunner(connection),
      retentionMs: RETENTION_MS,
      onFailure: () => {},
    });
    expect(await forgetting.forget(group)).toBe(0);
    expect((await knownIds()).sort()).toEqual(['a', 'b']);
    expect(await keysOf('a')).toBe(7);
  });
});
