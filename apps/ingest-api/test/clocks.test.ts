import { MeasurementStore } from '@atalaya/measurement-store';
import { Redis } from 'ioredis';
import { type AppFixture, appOn, bearer } from './app-fixture.js';
import { type RealServer, startRealServer } from './real-store.js';

const URL = '/api/v1/measurements';
const DAY_MS = 86_400_000;

let server: RealServer;
let fixture: AppFixture<MeasurementStore>;
let now: number;

beforeEach(async () => {
  server = await startRealServer();
  fixture = await appOn(await server.open(), { ingestToken: 'secret' });
  now = Math.floor(Date.now() / 5_000) * 5_000;
});

afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const post = (payload: object, url = URL, headers: object = bearer('secret')) =>
  fixture.app.inject({ method: 'POST', url, payload, headers: { ...headers } });
const read = async (url: string): Promise<unknown> => (await fixture.app.inject({ url })).json();

test('a timestamp in microseconds is refused with a type of its own, alone and in a batch, and hurts nothing', async () => {
  expect((await post({ timestamp: now, value: 7 })).statusCode).toBe(201);
  const wrong = { timestamp: now * 1_000, value: 8 };
  const refused = await post(wrong);
  const problem = {
    type: 'urn:atalaya:problem:timestamp-ahead',
    status: 400,
    timestamp: now * 1_000,
    maxAheadMs: 300_000,
  };
  expect(refused.statusCode).toBe(400);
  expect(refused.json()).toMatchObject(problem);
  const batch = await post({ reports: [wrong, { timestamp: now - 5_000, value: 9 }] }, `${URL}/batch`);
  expect(batch.json()).toMatchObject({ results: [{ status: 400, problem }, { status: 201 }] });
  expect(await read(URL)).toMatchObject({ measurements: [{ value: 9 }, { value: 7 }] });
});

test.each(['9223372036854775808', '73786976294838206464'])(
  'the token %s, which no ZooKeeper issues, is refused',
  async (token) => {
    const refused = await post({ timestamp: now, value: 1, token });
    expect(refused.statusCode).toBe(400);
    expect(refused.json()).toMatchObject({ errors: [{ pointer: '/token' }] });
    expect((await post({ timestamp: now, value: 1, token: '9223372036854775807' })).statusCode).toBe(201);
  },
);

test('a group that was hurt before is repaired by a request that may write, and by no other', async () => {
  const redis = new Redis(server.url);
  const unbounded = new MeasurementStore(redis, { retentionMs: 30 * DAY_MS, maxAheadMs: 1e15 });
  for (const timestamp of [now - 5_000, now, now + 40 * DAY_MS]) {
    await unbounded.record({
      group: 'east',
      timestamp,
      value: timestamp / 1_000,
      token: '9000000000000000000',
    });
  }
  redis.disconnect();
  expect((await post({ group: 'east', timestamp: now + 5_000, value: 1, token: '5' })).statusCode).toBe(409);

  const repair = { group: 'east', after: now, newestToken: '4' };
  expect((await post(repair, '/api/v1/repair', {})).statusCode).toBe(401);
  expect((await post({ group: 'east' }, '/api/v1/repair')).statusCode).toBe(400);
  const repaired = await post(repair, '/api/v1/repair');
  expect(repaired.statusCode).toBe(200);
  expect(repaired.json()).toEqual({ group: 'east', removed: { measurements: 1, tokens: 1 } });

  expect((await post({ group: 'east', timestamp: now + 5_000, value: 1, token: '5' })).statusCode).toBe(201);
  expect(await read(`${URL}?group=east`)).toMatchObject({
    measurements: [{ timestamp: now - 5_000 }, { timestamp: now }, { timestamp: now + 5_000 }],
  });
  expect(await read('/api/v1/status?group=east')).toMatchObject({ tick: now + 5_000, token: '5' });
});
