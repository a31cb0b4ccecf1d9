import { bearer, memoryApp } from './app-fixture.js';

const TOKEN = 'correct-horse-battery-staple';
const notice = { token: '7', ended: 1_700_000_001_000, end: 'graceful' };

test('terms and leadership are read; an end is noted by whoever may write', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const empty = await fixture.app.inject({ url: '/api/v1/terms' });
  expect(empty.json()).toEqual({ group: 'default', terms: [], leadership: null });
  const leadership = {
    ...{ elected: 1_699_999_999_000, at: 1_700_000_000_050, leaseMs: 1_900, intervalMs: 5_000 },
    candidates: ['a', 'b'],
  };
  const report = { timestamp: 1_700_000_000_000, value: 80, token: '7', leader: 'a', leadership };
  const sent = await fixture.app.inject({
    ...{ method: 'POST', url: '/api/v1/measurements', headers: bearer(TOKEN), payload: report },
  });
  expect(sent.statusCode).toBe(201);
  const post = (headers: Record<string, string>, payload: object) =>
    fixture.app.inject({ method: 'POST', url: '/api/v1/terms', headers, payload });
  expect((await post({}, notice)).statusCode).toBe(401);
  expect((await post(bearer(TOKEN), { ...notice, end: 'crashed' })).statusCode).toBe(400);
  expect((await post(bearer(TOKEN), notice)).statusCode).toBe(204);
  expect((await fixture.app.inject({ url: '/api/v1/terms?from=1&to=1800000000000' })).json()).toMatchObject({
    terms: [{ leader: 'a', token: '7', end: 'graceful', inferred: false }],
    leadership: { leader: 'a', candidates: ['a', 'b'], leaseUntil: 1_700_000_001_950 },
  });
  expect((await fixture.app.inject({ url: '/api/v1/terms?from=2&to=1' })).statusCode).toBe(400);
});

test('groups at a glance', async () => {
  await using fixture = await memoryApp();
  await fixture.store.record({ group: 'west', timestamp: 5_000, value: 1 });
  await fixture.store.record({ group: 'east', timestamp: 5_000, value: 2, count: 3, stale: ['s'] });
  expect((await fixture.app.inject({ url: '/api/v1/groups' })).json()).toMatchObject({
    groups: [
      { group: 'east', value: 2, count: 3, stale: ['s'] },
      { group: 'west', value: 1, leader: null },
    ],
  });
});

test('a chart has the band beside the means, and an overview what a page needs', async () => {
  await using fixture = await memoryApp();
  for (let tick = 1; tick <= 20; tick += 1) {
    const sensors = { a: tick, b: tick + 2 };
    const report = { group: 'default', timestamp: tick * 5_000, value: tick + 1, sensors };
    await fixture.store.record({ ...report, count: 2, ...(tick === 3 ? {} : { min: tick, max: tick + 2 }) });
  }
  const chart = await fixture.app.inject({ url: '/api/v1/chart?from=10000&to=20000' });
  expect(chart.json()).toMatchObject({
    ...{ bucketMs: null, stepMs: 5_000, times: [10_000, 15_000, 20_000], values: [3, 4, 5] },
    ...{ min: [2, null, 4], max: [4, null, 6] },
  });
  const sensor = await fixture.app.inject({ url: '/api/v1/chart?from=10000&to=15000&sensor=b' });
  expect(sensor.json()).toMatchObject({ sensor: 'b', values: [4, 5], min: [null, null] });
  const overview = await fixture.app.inject({ url: '/api/v1/overview?sensors=true' });
  expect(overview.json()).toMatchObject({ min: 20, max: 22, sensors: [{ id: 'a' }, { id: 'b' }] });
  expect((await fixture.app.inject({ url: '/api/v1/overview' })).json()).toMatchObject({ sensors: null });
  expect((await fixture.app.inject({ url: '/api/v1/chart?points=0' })).statusCode).toBe(400);
});
