import { type App } from '../src/app-types.js';
import { memoryApp } from './app-fixture.js';

async function report(app: App, payload: object): Promise<void> {
  const response = await app.inject({ method: 'POST', url: '/api/v1/measurements', payload });
  expect(response.statusCode).toBe(201);
}

test('the sensors of a group with their states, and the values of one of them', async () => {
  await using fixture = await memoryApp();
  const hostile = `<b>"ñ" 100% & co`;
  await report(fixture.app, { timestamp: 1000, value: 2, sensors: { a: 1, [hostile]: 3 } });
  await report(fixture.app, { timestamp: 2000, value: 3, sensors: { [hostile]: 3.5 }, stale: ['a'] });

  const sensors = await fixture.app.inject({ url: '/api/v1/sensors' });
  expect(sensors.json()).toEqual({
    group: 'default',
    sensors: [
      { id: 'a', value: null, timestamp: null, state: 'stale' },
      { id: hostile, value: 3.5, timestamp: 2000, state: 'ok' },
    ],
  });
  const limited = await fixture.app.inject({ url: '/api/v1/sensors?limit=1' });
  expect(limited.json<{ sensors: unknown[] }>().sensors).toHaveLength(1);

  const values = await fixture.app.inject({
    url: `/api/v1/sensors/${encodeURIComponent(hostile)}/measurements?from=0&limit=1`,
  });
  expect(values.json()).toEqual({ group: 'default', measurements: [{ timestamp: 1000, value: 3 }] });
  const next = /^<([^>]+)>; rel="next"$/.exec(String(values.headers.link))?.[1] ?? '';
  const rest = await fixture.app.inject({ url: next });
  expect(rest.json()).toEqual({ group: 'default', measurements: [{ timestamp: 2000, value: 3.5 }] });
});

test('a sensor id of full length in the widest characters is found, one that is too long or has a slash is not', async () => {
  await using fixture = await memoryApp();
  const id = '😀'.repeat(64);
  await report(fixture.app, { timestamp: 1000, value: 2, sensors: { [id]: 1 } });
  const found = await fixture.app.inject({ url: `/api/v1/sensors/${encodeURIComponent(id)}/measurements` });
  expect(found.json<{ measurements: unknown[] }>().measurements).toHaveLength(1);
  const tooLong = await fixture.app.inject({ url: `/api/v1/sensors/${'x'.repeat(129)}/measurements` });
  expect(tooLong.statusCode).toBe(400);
  const slash = await fixture.app.inject({ url: '/api/v1/sensors/a%2Fb/measurements' });
  expect(slash.statusCode).toBe(400);
});

test('the status says who leads, and null before there was any report', async () => {
  await using fixture = await memoryApp();
  const empty = await fixture.app.inject({ url: '/api/v1/status?group=east' });
  expect(empty.json()).toEqual({
    group: 'east',
    leader: null,
    token: null,
    since: null,
    tick: null,
    value: null,
    count: 0,
    stale: [],
    invalid: [],
  });
  await report(fixture.app, {
    group: 'east',
    timestamp: 5000,
    value: 2,
    leader: 'c-1',
    token: '7',
    count: 3,
  });
  const status = await fixture.app.inject({ url: '/api/v1/status?group=east' });
  expect(status.json()).toMatchObject({
    leader: 'c-1',
    token: '7',
    since: 5000,
    tick: 5000,
    value: 2,
    count: 3,
  });
});

test('/detectar stores the value under a time of the server, in the default group', async () => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ url: '/detectar?dato=79.5' });
  expect(response.statusCode).toBe(200);
  const stored = response.json<{ timestamp: number }>();
  expect(stored).toMatchObject({ group: 'default', value: 79.5 });
  const read = await fixture.app.inject({ url: '/api/v1/measurements' });
  expect(read.json()).toMatchObject({ measurements: [{ timestamp: stored.timestamp, value: 79.5 }] });
});

test.each([
  '',
  '?dato=',
  '?dato=abc',
  '?dato=79,5',
  '?dato=0x10',
  '?dato=%205%20',
  '?dato=1e400',
  '?dato=NaN',
  '?dato=Infinity',
  '?dato=1&dato=2',
])('/detectar%s is refused with 400', async (query) => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ url: `/detectar${query}` });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.json()).toMatchObject({ errors: [{ in: 'querystring', pointer: '/dato' }] });
  expect(fixture.store.reports).toEqual([]);
});

test('liveness, readiness and metrics', async () => {
  await using fixture = await memoryApp();
  expect((await fixture.app.inject({ url: '/healthz' })).json()).toEqual({ status: 'ok' });
  expect((await fixture.app.inject({ url: '/readyz' })).json()).toEqual({
    ready: true,
    checks: { store: 'ok' },
  });

  await report(fixture.app, { timestamp: 1000, value: 2 });
  const metrics = await fixture.app.inject({ url: '/metrics' });
  expect(metrics.headers['content-type']).toMatch(/^text\/plain/);
  expect(metrics.body).toContain('atalaya_ingest_reports_total{outcome="stored"} 1');
  expect(metrics.body).toMatch(
    /atalaya_ingest_request_duration_seconds_count\{method="POST",route="\/api\/v1\/measurements",status="201"\} 1/,
  );

  fixture.store.available = false;
  expect((await fixture.app.inject({ url: '/healthz' })).statusCode).toBe(200);
  const away = await fixture.app.inject({ url: '/readyz' });
  expect(away.statusCode).toBe(503);
  expect(away.json()).toMatchObject({ status: 503, ready: false, checks: { store: 'The store is away.' } });
});

test('the OpenAPI document describes every route of the API, and its viewer is served', async () => {
  await using fixture = await memoryApp();
  const document = (await fixture.app.inject({ url: '/openapi.json' })).json<{
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  }>();
  expect(document.openapi).toBe('3.1.0');
  const operations = Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .sort();
  expect(operations).toEqual([
    'DELETE /api/v1/measurements',
    'GET /api/v1/anomalies',
    'GET /api/v1/chart',
    'GET /api/v1/groups',
    'GET /api/v1/groups/{group}/export',
    'GET /api/v1/measurements',
    'GET /api/v1/overview',
    'GET /api/v1/sensors',
    'GET /api/v1/sensors/{id}/measurements',
    'GET /api/v1/status',
    'GET /api/v1/stream',
    'GET /api/v1/terms',
    'GET /detectar',
    'GET /healthz',
    'GET /metrics',
    'GET /readyz',
    'POST /api/v1/groups/{group}/import',
    'POST /api/v1/measurements',
    'POST /api/v1/measurements/batch',
    'POST /api/v1/repair',
    'POST /api/v1/terms',
  ]);
  expect(Object.keys(document.paths['/api/v1/measurements']?.post?.responses ?? {})).toEqual([
    '200',
    '201',
    '400',
    '401',
    '403',
    '409',
    '413',
    '415',
    '422',
    '429',
    '503',
  ]);
  const viewer = await fixture.app.inject({ url: '/docs' });
  expect(viewer.statusCode).toBe(200);
  expect(viewer.headers['content-type']).toMatch(/^text\/html/);
});
