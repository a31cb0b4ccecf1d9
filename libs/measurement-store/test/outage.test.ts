import { jest } from '@jest/globals';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedTimeSeries, startEmbeddedTimeSeries } from '@atalaya/embedded-timeseries';
import { type Measurement } from '@atalaya/contracts';
import { Redis } from 'ioredis';
import { MeasurementStore, measurementScripts, StoreUnavailableError } from '../src/index.js';

jest.setTimeout(120_000);

let dataDir: string;
let server: EmbeddedTimeSeries;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'atalaya-outage-'));
  // Below the ports of outgoing connections: a client that connects again and again could be given the server's.
  const port = randomInt(10_240, 32_768);
  server = await startEmbeddedTimeSeries({ dataDir, port, scripts: measurementScripts });
});

afterEach(async () => {
  await server.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** Stops the server and starts it again on the same folder and port. */
async function restart(meanwhile: () => Promise<void>): Promise<void> {
  const { port } = server;
  await server.close();
  await meanwhile();
  server = await startEmbeddedTimeSeries({ dataDir, port, scripts: measurementScripts });
}

function connect(): Redis {
  const redis = new Redis(server.url, { maxRetriesPerRequest: 0, retryStrategy: () => 20 });
  redis.on('error', () => {});
  return redis;
}

const TICK = 1_734_103_890_000;

test('over restarts nothing acknowledged is lost, and what failed can be sent again', async () => {
  const redis = connect();
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 30_000, sensorsPerStep: 2 });
  const impatient = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 200 });
  try {
    const acknowledged: Measurement[] = [];
    const failed: number[] = [];
    const send = async (tick: number): Promise<void> => {
      const report = {
        group: 'g',
        timestamp: tick,
        value: tick % 9_973,
        sensors: { a: 1, b: 2, c: tick % 7 },
      };
      try {
        const outcome = await store.record(report);
        if (outcome.outcome !== 'stale-token') acknowledged.push(outcome.measurement);
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailableError);
        failed.push(tick);
      }
    };
    for (let round = 0; round < 5; round += 1) {
      const sending = Array.from({ length: 60 }, (_, i) => send(TICK + (round * 60 + i) * 5_000));
      await sending[round * 10];
      await restart(async () => {
        await expect(impatient.ping()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      });
      await Promise.all(sending);
    }
    for (const tick of failed) await send(tick);
    const expected = Array.from({ length: 300 }, (_, i) => TICK + i * 5_000);
    const kept = await store.measurements({ group: 'g', from: 0, limit: 1_000 });
    expect(kept).toEqual(expected.map((tick) => ({ timestamp: tick, value: tick % 9_973 })));
    expect(new Set(acknowledged.map(({ timestamp }) => timestamp))).toEqual(new Set(expected));
    expect(await store.sensorMeasurements('c', { group: 'g', from: 0, limit: 1_000 })).toEqual(
      expected.map((tick) => ({ timestamp: tick, value: tick % 7 })),
    );
  } finally {
    redis.disconnect();
  }
});

test('events go on behind the last one when the server is back', async () => {
  const redis = connect();
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 30_000 });
  const stop = new AbortController();
  const seen: unknown[] = [];
  let arrived = (): void => {};
  const following = (async () => {
    let afterId = '0-0';
    while (!stop.signal.aborted) {
      try {
        for await (const { id, event, data } of store.events('g', { afterId, signal: stop.signal })) {
          afterId = id;
          if (event === 'measurement') seen.push(data);
          arrived();
        }
      } catch (error) {
        // A read that meets the outage ends the iteration; begin again after the last id.
        expect(error).toBeInstanceOf(StoreUnavailableError);
      }
    }
  })();
  const count = async (wanted: number): Promise<void> => {
    while (seen.length < wanted) await new Promise<void>((resolve) => (arrived = resolve));
  };
  try {
    await store.record({ group: 'g', timestamp: TICK, value: 1 });
    await count(1);
    // A write on a connection whose end has not arrived yet would fail with it.
    const ended = once(redis, 'close');
    await restart(() => Promise.resolve());
    await ended;
    await store.record({ group: 'g', timestamp: TICK + 5_000, value: 2 });
    await count(2);
    expect(seen).toEqual([
      { timestamp: TICK, value: 1 },
      { timestamp: TICK + 5_000, value: 2 },
    ]);
  } finally {
    stop.abort();
    await following;
    await store.close();
    redis.disconnect();
  }
});
