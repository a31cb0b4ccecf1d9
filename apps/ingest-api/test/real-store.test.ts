import { type AnomalyList } from '@atalaya/contracts';
import { type MeasurementStore } from '@atalaya/measurement-store';
import { waitFor } from '@atalaya/test-kit';
import { type AppFixture, appOn } from './app-fixture.js';
import { type RealServer, startRealServer } from './real-store.js';
import { StreamReader } from './stream-reader.js';

const URL = '/api/v1/measurements';
const TICK = 1_700_000_005_000;

let server: RealServer;
let first: AppFixture<MeasurementStore>;
let second: AppFixture<MeasurementStore>;

beforeEach(async () => {
  server = await startRealServer();
  first = await appOn(await server.open());
  second = await appOn(await server.open());
});

afterEach(async () => {
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const post = async ({ app }: AppFixture<MeasurementStore>, payload: object, url = URL) =>
  app.inject({ method: 'POST', url, payload });

test('a tick is stored once over two replicas, and everything about it can be read at both', async () => {
  const report = {
    group: 'east',
    timestamp: TICK,
    value: 79.5,
    count: 2,
    min: 79,
    max: 80,
    token: '12',
    leader: 'candidate-1',
    sensors: { 'a bñ': 79, constructor: 80 },
    stale: ['c'],
  };
  expect((await post(first, report)).statusCode).toBe(201);
  const again = await post(second, { ...report, value: 1 });
  expect(again.statusCode).toBe(200);
  expect(again.json()).toEqual({ group: 'east', timestamp: TICK, value: 79.5 });
  expect((await post(second, { ...report, timestamp: TICK + 5000, token: '11' })).statusCode).toBe(409);

  const read = async (url: string): Promise<unknown> => (await second.app.inject({ url })).json();
  expect(await read(`${URL}?group=east`)).toEqual({
    group: 'east',
    measurements: [{ timestamp: TICK, value: 79.5 }],
  });
  expect(await read('/api/v1/status?group=east')).toEqual({
    group: 'east',
    leader: 'candidate-1',
    token: '12',
    since: TICK,
    tick: TICK,
    value: 79.5,
    count: 2,
    stale: ['c'],
    invalid: [],
  });
  expect(await read('/api/v1/sensors?group=east')).toEqual({
    group: 'east',
    sensors: [
      { id: 'a bñ', value: 79, timestamp: TICK, state: 'ok' },
      { id: 'c', value: null, timestamp: null, state: 'stale' },
      { id: 'constructor', value: 80, timestamp: TICK, state: 'ok' },
    ],
  });
  expect(await read(`/api/v1/sensors/${encodeURIComponent('a bñ')}/measurements?group=east`)).toEqual({
    group: 'east',
    measurements: [{ timestamp: TICK, value: 79 }],
  });
});

test('a batch is stored, and its buckets are read with each aggregate', async () => {
  const reports = [1, 2, 3, 4, 5, 6].map((step) => ({ timestamp: TICK + step * 10_000, value: step }));
  const answer = await post(first, { reports }, `${URL}/batch`);
  expect(answer.json<{ results: { status: number }[] }>().results.map(({ status }) => status)).toEqual(
    Array.from({ length: 6 }, () => 201),
  );
  const start = Math.floor(TICK / 60_000) * 60_000;
  for (const [aggregate, values] of [
    ['avg', [2, 5]],
    ['min', [1, 4]],
    ['max', [3, 6]],
    ['count', [3, 3]],
    ['sum', [6, 15]],
    ['first', [1, 4]],
    ['last', [3, 6]],
  ] as const) {
    const { body, statusCode } = await first.app.inject({
      url: `${URL}?from=0&bucketMs=60000&aggregate=${aggregate}`,
    });
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toEqual({
      group: 'default',
      measurements: values.map((value, index) => ({ timestamp: start + index * 60_000, value })),
    });
  }
});

test('an event written through one replica reaches the clients of both, and they resume at the other one', async () => {
  const streamOf = async (fixture: AppFixture<MeasurementStore>) => `${await fixture.listen()}/api/v1/stream`;
  const [firstUrl, secondUrl] = [await streamOf(first), await streamOf(second)];
  await using here = await StreamReader.open(firstUrl);
  await using there = await StreamReader.open(secondUrl);
  const nextMeasurement = async (reader: StreamReader) => {
    for (;;) {
      const event = await reader.next();
      if (event === undefined) throw new Error('the stream ended');
      if (event.event !== 'status') return event;
    }
  };
  const both = Promise.all([nextMeasurement(here), nextMeasurement(there)]);
  // Both are subscribed some time after their answers began; until then only later values reach them.
  let stored = 0;
  let arrived = false;
  void both.then(() => (arrived = true));
  await waitFor(async () => {
    if (!arrived) await first.store.insertNow('default', (stored += 1));
    return arrived;
  });
  const [seenHere, seenThere] = await both;
  expect(seenHere).toMatchObject({ event: 'measurement', data: { value: expect.any(Number) as number } });
  expect(seenThere.event).toBe('measurement');

  await second.store.insertNow('default', 1000);
  await first.store.clear('default');
  await using resumed = await StreamReader.open(secondUrl, seenHere.id);
  for (;;) {
    const event = await nextMeasurement(resumed);
    if (event.event === 'cleared') break;
    expect((event.data as { value: number }).value).toBeGreaterThan(
      (seenHere.data as { value: number }).value,
    );
  }
});

test('anomalies are found in what is stored', async () => {
  const reports = Array.from({ length: 200 }, (_, tick) => ({
    timestamp: TICK + tick * 5000,
    value: tick === 150 ? 120 : 80 + ((tick * 31) % 11) / 10,
    sensors: { a: tick === 170 ? 20 : 80 + ((tick * 17) % 11) / 10 },
  }));
  await post(first, { reports }, `${URL}/batch`);
  const { anomalies } = (await first.app.inject({ url: '/api/v1/anomalies' })).json<AnomalyList>();
  expect(anomalies.map(({ sensor, timestamp }) => [sensor, (timestamp - TICK) / 5000])).toEqual([
    [null, 150],
    ['a', 170],
  ]);
});

test('/detectar, the page and DELETE on what is stored', async () => {
  expect((await first.app.inject({ url: '/detectar?dato=79.5' })).statusCode).toBe(200);
  const page = await second.app.inject({ url: '/?lang=en' });
  expect(page.body).toMatch(/Measurement 1: Timestamp: \d{13}, Value: 79\.5</);
  expect((await second.app.inject({ method: 'DELETE', url: URL })).statusCode).toBe(204);
  expect((await first.app.inject({ url: '/?lang=en' })).body).toContain('There are no measurements yet.');
});

test('a timestamp older than the retention is a 400 problem and not stored', async () => {
  const shortLived = await appOn(await server.open({ RETENTION_MS: 60_000 }));
  await post(shortLived, { timestamp: TICK, value: 1 });
  const refused = await post(shortLived, { timestamp: 1, value: 2 });
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject({ type: 'urn:atalaya:problem:refused-by-store' });
  await shortLived.app.close();
});

test('while the store is away writes are answered 503; it goes on by itself, and the stream too', async () => {
  const url = await first.listen();
  await using reader = await StreamReader.open(`${url}/api/v1/stream`);
  await post(first, { timestamp: TICK, value: 1 });
  await server.stop();
  const refused = await post(first, { timestamp: TICK + 5000, value: 2 });
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('2');
  expect((await first.app.inject({ url: '/readyz' })).statusCode).toBe(503);
  await server.restart();
  await waitFor(async () => (await first.app.inject({ url: '/readyz' })).statusCode === 200);
  expect((await post(first, { timestamp: TICK + 5000, value: 2 })).statusCode).toBe(201);
  const { measurements } = (await first.app.inject({ url: URL })).json<{ measurements: unknown[] }>();
  expect(measurements).toHaveLength(2);
  expect(reader.response.status).toBe(200);
});
