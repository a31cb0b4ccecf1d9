import { type TickReport } from '@atalaya/contracts';
import { type Redis } from 'ioredis';
import { MeasurementStore, measurementScripts } from '../src/index.js';
import { groupKeys } from '../src/keys.js';
import { runByLua } from './lua-script.js';
import { startEmbedded, type StoreServer } from './store-server.js';

const TICK = 1_734_103_800_000;

describe.each([
  ['on the embedded server', measurementScripts],
  ['by Lua', measurementScripts.map(runByLua)],
])('something else under the name of a series, %s', (_name, scripts) => {
  let server: StoreServer;
  let redis: Redis;
  let store: MeasurementStore;
  let group: string;
  beforeEach(async () => {
    server = await startEmbedded({ scripts });
    redis = server.connect();
    store = new MeasurementStore(redis, { retentionMs: 0, sensorsPerStep: 2 });
    group = server.newGroup();
  });
  afterEach(async () => {
    await store.close();
    await server[Symbol.asyncDispose]();
  });

  function report(timestamp: number, sensors: TickReport['sensors']): TickReport {
    return { group, timestamp, value: 2, count: 2, min: 1, max: 3, sensors };
  }

  const stored = async (): Promise<number[]> =>
    (await store.measurements({ group, limit: 10 })).map(({ timestamp }) => timestamp);

  test.each(['sensor', 'count', 'min', 'max'] as const)(
    'a %s: an error that names the key',
    async (which) => {
      const keys = groupKeys(group);
      const key = which === 'sensor' ? keys.sensor('s2') : keys[which];
      await store.record(report(TICK, { s1: 1 }));
      await redis.del(key);
      await redis.hset(key, 'a', 'b');
      const refused = report(TICK + 5_000, { s1: 1, s2: 3 });
      await expect(store.record(refused)).rejects.toMatchObject({
        code: 'WRONG_KEY_TYPE',
        message: expect.stringContaining(`WRONGTYPE ${key} is a hash, not a time series`) as string,
      });
      expect(await store.recordAll([refused])).toMatchObject([
        { outcome: 'failed', error: { code: 'WRONG_KEY_TYPE' } },
      ]);
      expect(await stored()).toEqual([TICK]);

      await redis.del(key);
      expect(await store.record(refused)).toMatchObject({ outcome: 'stored' });
      expect(await stored()).toEqual([TICK, TICK + 5_000]);
    },
  );

  test('in a later step of a large report: the rest follows once the key is gone', async () => {
    const key = groupKeys(group).sensor('s3');
    await redis.set(key, 'text');
    const large = report(TICK, { s1: 1, s2: 2, s3: 3, s4: 4 });
    await expect(store.record(large)).rejects.toMatchObject({
      code: 'WRONG_KEY_TYPE',
      message: expect.stringContaining(`WRONGTYPE ${key} is a string`) as string,
    });
    await redis.del(key);
    expect(await store.record(large)).toMatchObject({ outcome: 'duplicate' });
    const last = await store.sensorMeasurements('s3', { group, limit: 1 });
    expect(last).toMatchObject([{ timestamp: TICK, value: 3 }]);
  });
});
