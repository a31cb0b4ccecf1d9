import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type AppFixture, memoryApp } from './app-fixture.js';

let fixture: AppFixture;

beforeAll(async () => {
  fixture = await memoryApp();
  for (let tick = 1; tick <= 60; tick += 1)
    await fixture.store.record({ group: 'default', timestamp: tick * 5_000, value: 80 + 1 / tick });
});

afterAll(async () => {
  await fixture[Symbol.asyncDispose]();
});

const LONG = ['/?lang=en', '/leadership', '/api/v1/measurements?limit=60', '/openapi.json'];

test.each(LONG)('%s is compressed for who takes it, and is the same', async (url) => {
  const get = (encoding: string) => fixture.app.inject({ url, headers: { 'accept-encoding': encoding } });
  // A page has the time and a token of its own.
  const lasting = (text: string): string => text.replaceAll(/(data-now|value)="[^"]*"|\d+ (s|min) ago/g, '');
  const plain = await get('identity');
  expect(plain.headers['content-encoding']).toBeUndefined();
  const [brotli, gzip] = [await get('gzip, br'), await get('gzip')];
  expect(brotli.headers).toMatchObject({ 'content-encoding': 'br' });
  expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip' });
  expect(brotli.headers.vary).toMatch(/accept-encoding/);
  expect(lasting(brotliDecompressSync(brotli.rawPayload).toString())).toBe(lasting(plain.body));
  expect(lasting(gunzipSync(gzip.rawPayload).toString())).toBe(lasting(plain.body));
  expect(brotli.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2);
});

test('short answers, writes and HEAD are left as they are', async () => {
  const headers = { 'accept-encoding': 'br', 'content-type': 'application/json' };
  const short = await fixture.app.inject({ url: '/api/v1/measurements?limit=1', headers });
  const head = await fixture.app.inject({ method: 'HEAD', url: '/', headers });
  const written = await fixture.app.inject({
    ...{ method: 'POST', url: '/api/v1/measurements/batch', headers },
    payload: { reports: Array.from({ length: 60 }, () => ({ timestamp: 5_000, value: 80 })) },
  });
  expect([short.statusCode, head.statusCode, written.statusCode]).toEqual([200, 200, 200]);
  expect(written.rawPayload.length).toBeGreaterThan(1_024);
  for (const { headers: sent } of [short, head, written]) expect(sent['content-encoding']).toBeUndefined();
});

test('events are not held back to be compressed', async () => {
  const address = await fixture.listen();
  const stop = new AbortController();
  const response = await fetch(`${address}/api/v1/stream`, {
    headers: { 'accept-encoding': 'br, gzip' },
    signal: stop.signal,
  });
  expect(response.headers.get('content-encoding')).toBeNull();
  stop.abort();
});

test.each([
  ['a browser says so', { 'sec-fetch-site': 'cross-site' }],
  ['its origin is another', { origin: 'https://elsewhere.example' }],
  ['a browser does not say where it comes from', { 'user-agent': 'Mozilla/5.0' }],
])('what a page of another site may ask for is not compressed: %s', async (_name, headers) => {
  for (const url of LONG) {
    const answer = await fixture.app.inject({ url, headers: { 'accept-encoding': 'br', ...headers } });
    expect([url, answer.headers['content-encoding']]).toEqual([url, undefined]);
  }
});

test('the token of the forms is another one in each page', async () => {
  const first = await fixture.app.inject({ url: '/' });
  const cookie = String(first.headers['set-cookie']).split(';')[0];
  const pages = [first, await fixture.app.inject({ url: '/', headers: { cookie } })];
  const tokens = pages.map(({ body }) => /name="_csrf" value="([^"]+)"/.exec(body)?.[1]);
  expect(tokens).not.toContain(undefined);
  expect(new Set(tokens).size).toBe(2);
});
