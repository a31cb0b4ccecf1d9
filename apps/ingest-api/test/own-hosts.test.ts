import { hostname } from 'node:os';
import { waitFor } from '@atalaya/test-kit';
import { bearer, memoryApp } from './app-fixture.js';
import { RawRequest } from './raw-request.js';

const TOKEN = 'correct-horse-battery-staple';

test.each([
  'localhost',
  'localhost:4000',
  'LOCALHOST:4000',
  'atalaya.localhost:4000',
  '127.0.0.1:4000',
  '192.168.1.5',
  '[::1]:4000',
  'ingest-api:4000',
  hostname(),
])('answers to the host %s', async (host) => {
  await using fixture = await memoryApp();
  expect((await fixture.app.inject({ url: '/api/v1/status', headers: { host } })).statusCode).toBe(200);
});

test.each([
  'evil.example',
  'evil.example:4000',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'evil.example.',
  'user@evil.example',
  'localhost:x',
  'a b',
  '[::1',
])('a request for the host %s changes nothing and reads nothing: 421', async (host) => {
  await using fixture = await memoryApp();
  await fixture.store.insertNow('default', 1);
  for (const [method, url] of [
    ['DELETE', '/api/v1/measurements'],
    ['GET', '/detectar?dato=666'],
    ['GET', '/api/v1/measurements'],
    ['GET', '/'],
    ['GET', '/nothing'],
  ] as const) {
    const response = await fixture.app.inject({ method, url, headers: { host } });
    expect(response.statusCode).toBe(421);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  }
  expect(fixture.store.reports).toHaveLength(1);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="host"}')).toBe(5);
});

test('names that are listed are own names, alone, with those below them, or any', async () => {
  const statusFor = async (allowedHosts: string[], host: string): Promise<number> => {
    await using fixture = await memoryApp({ allowedHosts });
    return (await fixture.app.inject({ url: '/healthz', headers: { host } })).statusCode;
  };
  expect(await statusFor(['atalaya.example.org'], 'Atalaya.Example.org:80')).toBe(200);
  expect(await statusFor(['atalaya.example.org'], 'www.atalaya.example.org')).toBe(421);
  expect(await statusFor(['.example.org'], 'a.b.example.org')).toBe(200);
  expect(await statusFor(['.example.org'], 'evilexample.org')).toBe(421);
  expect(await statusFor(['*'], 'any.example')).toBe(200);
  expect(await statusFor(['*'], 'a b')).toBe(421);
});

test('behind a trusted proxy the name is the one that the proxy was asked for', async () => {
  await using fixture = await memoryApp({ trustedProxies: '10.0.0.1' });
  const statusFrom = async (remoteAddress: string, headers: Record<string, string>): Promise<number> =>
    (await fixture.app.inject({ url: '/healthz', remoteAddress, headers })).statusCode;
  expect(await statusFrom('10.0.0.1', { host: 'api:4000', 'x-forwarded-host': 'evil.example' })).toBe(421);
  expect(await statusFrom('10.0.0.1', { host: 'up.stream.example', 'x-forwarded-host': 'localhost' })).toBe(
    200,
  );
  expect(await statusFrom('10.0.0.2', { host: 'evil.example', 'x-forwarded-host': 'localhost' })).toBe(421);
});

test.each([
  ['HTTP/1.1', 400],
  ['HTTP/1.0', 200],
])('without Host a request of %s is answered %i', async (version, status) => {
  await using fixture = await memoryApp();
  using request = new RawRequest(await fixture.listen());
  request.socket.write(`GET /healthz ${version}\r\nconnection: close\r\n\r\n`);
  await waitFor(() => request.socket.readableEnded);
  expect(request.statuses).toEqual([status]);
  if (status === 400) expect(request.received).toContain('application/problem+json');
});

/** What browsers send with the requests that a page makes them send; the page is of another site unless said. */
const OTHER_PAGES: readonly [string, Record<string, string>][] = [
  ['an image of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a page of another port', { 'sec-fetch-site': 'same-site', referer: 'http://localhost:3000/' }],
  ['a link of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
  ['a form of another site', { origin: 'https://evil.example' }],
  ['a form of another port', { origin: 'http://localhost:3000' }],
  ['a page without an origin', { origin: 'null' }],
  ['an image over plain HTTP', { referer: 'http://evil.example/' }],
  ['an image without referrer', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }],
];

test.each(OTHER_PAGES)('%s writes nothing: 403', async (_what, given) => {
  await using fixture = await memoryApp();
  await fixture.store.insertNow('default', 1);
  const headers = { host: 'localhost:4000', ...given };
  expect((await fixture.app.inject({ url: '/detectar?dato=666', headers })).statusCode).toBe(403);
  if (given['user-agent'] === undefined) {
    const report = { timestamp: 1, value: 666 };
    for (const request of [
      { method: 'POST', url: '/api/v1/measurements', payload: report },
      { method: 'POST', url: '/api/v1/measurements/batch', payload: { reports: [report] } },
      { method: 'DELETE', url: '/api/v1/measurements' },
      { method: 'POST', url: '/insert', payload: { value: '666' } },
      { method: 'POST', url: '/clear' },
    ] as const) {
      const response = await fixture.app.inject({ ...request, headers });
      expect(response.statusCode).toBe(403);
      expect(response.json()).toMatchObject({ type: 'urn:atalaya:problem:cross-site' });
    }
  }
  expect(fixture.store.reports).toMatchObject([{ value: 1 }]);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="cross-site"}')).toBeGreaterThan(0);
});

test.each<[string, Record<string, string>]>([
  ['a program', {}],
  ['curl', { 'user-agent': 'curl/8.0' }],
  ['a script of Node.js', { 'user-agent': 'node', 'sec-fetch-mode': 'cors' }],
  ['an address that is typed', { 'sec-fetch-site': 'none', 'user-agent': 'Mozilla/5.0' }],
  ['a page of this server', { 'sec-fetch-site': 'same-origin', 'user-agent': 'Mozilla/5.0' }],
  ['a page of this server, by its origin', { origin: 'http://localhost:4000', 'user-agent': 'Mozilla/5.0' }],
  ['a page under another own name', { origin: 'https://atalaya.example.org' }],
])('%s writes', async (_what, given) => {
  await using fixture = await memoryApp({ allowedHosts: ['atalaya.example.org'] });
  const headers = { host: 'localhost:4000', ...given };
  expect((await fixture.app.inject({ url: '/detectar?dato=79', headers })).statusCode).toBe(200);
  expect(fixture.store.reports).toMatchObject([{ value: 79 }]);
});

test('a request with the token is a program, wherever it says that it comes from', async () => {
  await using fixture = await memoryApp({ ingestToken: TOKEN });
  const headers = { ...bearer(TOKEN), 'sec-fetch-site': 'cross-site', origin: 'https://tools.example' };
  expect((await fixture.app.inject({ url: '/detectar?dato=1', headers })).statusCode).toBe(200);
});

test('reads of other sites are left to the browser: no answer lets them see it', async () => {
  await using fixture = await memoryApp();
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const response = await fixture.app.inject({ url: '/api/v1/measurements', headers });
  expect(response.headers['access-control-allow-origin']).toBeUndefined();
  expect(response.headers['cross-origin-resource-policy']).toBe('same-origin');
});
