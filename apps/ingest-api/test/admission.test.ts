import { waitFor } from '@atalaya/test-kit';
import { appOn, bearer, memoryApp } from './app-fixture.js';
import { MemoryStore } from './memory-store.js';
import { recordingLogger } from './recording-logger.js';
import { RawRequest, RawRequests } from './raw-request.js';

const TOKEN = 'correct-horse-battery-staple';
const PLACES = 8;
const FORM = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '100' };
const JSON_BODY = { 'content-type': 'application/json', 'content-length': '100' };

async function post(url: string, timestamp: number, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${url}/api/v1/measurements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ timestamp, value: 1 }),
  });
  await response.text();
  return response.status;
}

test.each([
  ['forms without the token', TOKEN, '/insert', FORM],
  ['forms where anybody may write', undefined, '/clear', FORM],
  ['reports where anybody may write', undefined, '/api/v1/measurements', JSON_BODY],
  ['reports with the token', TOKEN, '/api/v1/measurements', { ...JSON_BODY, ...bearer(TOKEN) }],
  ['chunks', undefined, '/api/v1/measurements', { ...JSON_BODY, 'transfer-encoding': 'chunked' }],
])('half-sent %s hold no place for writes', async (_what, ingestToken, path, given) => {
  const headers: Record<string, string> = { ...given };
  if ('transfer-encoding' in headers) delete headers['content-length'];
  await using fixture = await memoryApp({ ingestToken, maxWritesInFlight: PLACES });
  const url = await fixture.listen();
  using requests = new RawRequests();
  for (let index = 0; index < 2 * PLACES; index += 1) {
    await requests.open(url).begin('POST', path, headers, '1');
  }
  expect(await post(url, 1, ingestToken === undefined ? {} : bearer(ingestToken))).toBe(201);
});

test('a request that does not arrive in time is ended, also when the client keeps its side open', async () => {
  await using fixture = await memoryApp({ requestTimeoutMs: 300 });
  using slow = new RawRequest(await fixture.listen());
  await slow.begin('POST', '/api/v1/measurements', JSON_BODY, '{');
  await waitFor(() => slow.socket.readableEnded);
  expect(slow.statuses).toEqual([408]);
  await waitFor(async () => (await fixture.metric('atalaya_ingest_refusals_total{reason="timeout"}')) === 1);
  expect(fixture.store.writesBegun).toBe(0);
});

test('what has arrived of bodies is bounded: the oldest unfinished one gives way', async () => {
  await using fixture = await memoryApp({ maxBodyBytes: 4_000 });
  const url = await fixture.listen();
  using requests = new RawRequests();
  const large = { ...JSON_BODY, 'content-length': '1000000' };
  const slow: RawRequest[] = [];
  for (let index = 0; index < 4; index += 1) {
    const request = requests.open(url);
    slow.push(await request.begin('POST', '/api/v1/measurements', large, ' '.repeat(900)));
  }
  // Three quarters for one address: the fourth passes them.
  await waitFor(() => slow[0]?.statuses.length === 1);
  expect(slow.map(({ statuses }) => statuses)).toEqual([[429], [], [], []]);
  expect(await post(url, 1)).toBe(201);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="bytes"}')).toBeGreaterThanOrEqual(1);
});

test('a body that is too large for the bound by itself is refused, and its report is not stored', async () => {
  await using fixture = await memoryApp({ maxBodyBytes: 100 });
  const report = { timestamp: 1, value: 1, leader: 'x'.repeat(100) };
  const response = await fetch(`${await fixture.listen()}/api/v1/measurements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(report),
  });
  expect(response.status).toBe(429);
  await response.text();
  expect(fixture.store.writesBegun).toBe(0);
});

test('one address has three quarters of the places, and the others have the rest', async () => {
  await using fixture = await memoryApp({ maxWritesInFlight: 4 });
  let open = (): void => {};
  fixture.store.gate = new Promise((resolve) => (open = resolve));
  const send = async (timestamp: number, remoteAddress: string): Promise<number> => {
    const payload = { timestamp, value: 1 };
    const request = { method: 'POST', url: '/api/v1/measurements', payload, remoteAddress } as const;
    return (await fixture.app.inject(request)).statusCode;
  };
  const first = [1, 2, 3].map((timestamp) => send(timestamp, '192.0.2.1'));
  await waitFor(() => fixture.store.writesBegun === 3);
  expect(await send(4, '192.0.2.1')).toBe(429);
  const other = send(5, '192.0.2.2');
  await waitFor(() => fixture.store.writesBegun === 4);
  expect(await send(6, '192.0.2.3')).toBe(429);
  open();
  expect(await Promise.all([...first, other])).toEqual([201, 201, 201, 201]);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="places"}')).toBe(2);
  expect(await send(4, '192.0.2.1')).toBe(201);
});

test('a path that is not there is answered before the body has arrived', async () => {
  await using fixture = await memoryApp();
  using request = new RawRequest(await fixture.listen());
  await request.begin('POST', '/nothing', JSON_BODY, '{');
  await waitFor(() => request.statuses.length === 1);
  expect(request.statuses).toEqual([404]);
});

test('refusals are logged once for each reason, with the address', async () => {
  const { logger, entries } = recordingLogger();
  await using fixture = await appOn(new MemoryStore(), { writeRateLimitPerMinute: 1 }, logger);
  for (let timestamp = 1; timestamp <= 5; timestamp += 1) {
    await fixture.app.inject({
      method: 'POST',
      url: '/api/v1/measurements',
      payload: { timestamp, value: 1 },
    });
  }
  expect(entries).toMatchObject([
    { level: 'warn', details: { reason: 'rate', count: 1, address: '127.0.0.1' } },
  ]);
  expect(await fixture.metric('atalaya_ingest_refusals_total{reason="rate"}')).toBe(4);
});
