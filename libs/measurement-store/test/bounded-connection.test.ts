import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { MeasurementStore } from '../src/measurement-store.js';

/** A server that takes connections and never answers. */
class SilentServer implements AsyncDisposable {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => {
    this.#sockets.add(socket);
    socket.on('error', () => {});
  });

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function freePort(): Promise<number> {
  await using server = new SilentServer();
  return await server.listen();
}

function connect(port: number): Redis {
  const redis = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 50 });
  redis.on('error', () => {});
  return redis;
}

jest.setTimeout(60_000);

const report = { group: 'g', timestamp: 1, value: 1 };

test('without a server every method fails as unavailable, in time', async () => {
  const redis = connect(await freePort());
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 200 });
  try {
    const unavailable = { name: 'StoreUnavailableError', code: 'STORE_UNAVAILABLE' };
    await Promise.all(
      [
        store.record(report),
        store.insertNow('g', 1),
        store.measurements({ group: 'g', limit: 1 }),
        store.sensorMeasurements('s', { group: 'g', limit: 1, from: 0 }),
        store.sensors('g'),
        store.status('g'),
        store.clear('g'),
        store.ping(),
        store.ping({ timeoutMs: 50 }),
      ].map((attempt) => expect(attempt).rejects.toMatchObject(unavailable)),
    );
    expect(await store.recordAll([report, report])).toEqual([
      { outcome: 'failed', error: expect.objectContaining(unavailable) as Error },
      { outcome: 'failed', error: expect.objectContaining(unavailable) as Error },
    ]);
    const events = store.events('g', { signal: new AbortController().signal });
    await expect(events[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
  } finally {
    await store.close();
    redis.disconnect();
  }
});

test('a server that does not answer is unavailable, too', async () => {
  await using server = new SilentServer();
  const redis = connect(await server.listen());
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 200 });
  try {
    await expect(store.record(report)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  } finally {
    redis.disconnect();
  }
});

test('a batch of many groups waits for a server that does not answer once, not for each', async () => {
  await using server = new SilentServer();
  const redis = connect(await server.listen());
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 500 });
  try {
    const reports = Array.from({ length: 1_000 }, (_, i) => ({ ...report, group: `g${i}` }));
    const outcomes = await store.recordAll(reports);
    expect(outcomes).toHaveLength(1_000);
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['failed']));
  } finally {
    redis.disconnect();
  }
}, 60_000);

test('operations beyond the bound are refused at once', async () => {
  await using server = new SilentServer();
  const redis = connect(await server.listen());
  const store = new MeasurementStore(redis, { retentionMs: 0, commandTimeoutMs: 60_000, maxPending: 3 });
  try {
    const waiting = Array.from({ length: 3 }, () => store.ping().catch((error: unknown) => error));
    await expect(store.ping()).rejects.toThrow('3 operations wait for the store already');
    redis.disconnect();
    expect(await Promise.all(waiting)).toEqual(
      Array<unknown>(3).fill(expect.objectContaining({ code: 'STORE_UNAVAILABLE' })),
    );
    await expect(store.ping()).rejects.toThrow('closed');
  } finally {
    redis.disconnect();
  }
});

test('settings that cannot work are refused', () => {
  const redis = new Redis({ lazyConnect: true });
  expect(() => new MeasurementStore(redis, { retentionMs: -1 })).toThrow(RangeError);
  expect(() => new MeasurementStore(redis, { retentionMs: 0, sensorsPerStep: 2_501 })).toThrow(RangeError);
  const prefixed = new Redis({ lazyConnect: true, keyPrefix: 'x:' });
  expect(() => new MeasurementStore(prefixed, { retentionMs: 0 })).toThrow('keyPrefix');
  const mapped = new Redis({ lazyConnect: true, replyMapping: 'resp3' });
  expect(() => new MeasurementStore(mapped as Redis, { retentionMs: 0 })).toThrow('replyMapping');
});
