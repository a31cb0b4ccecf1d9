import { once } from 'node:events';
import { connect, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { memoryApp } from './app-fixture.js';
import { waitFor } from '@atalaya/test-kit';

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error === null) resolve(count);
      else reject(error);
    });
  });
}

const REPORT = { timestamp: 1, value: 1 };

test('what is not there is a 404 problem', async () => {
  await using fixture = await memoryApp();
  for (const url of ['/nothing', '/api/v1/nothing?x=1', '/assets/nothing.css', '/assets/../package.json']) {
    const response = await fixture.app.inject({ url });
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json()).toMatchObject({ type: 'about:blank', title: 'Not Found', status: 404 });
  }
});

test('a path that is not valid is a 400 problem', async () => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ url: '/api/v1/sensors/%zz/measurements' });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
});

test.each([
  ['PUT', '/api/v1/measurements', 'DELETE, GET, HEAD, POST'],
  ['POST', '/api/v1/status', 'GET, HEAD'],
  ['HEAD', '/detectar?dato=1', 'GET'],
  ['HEAD', '/api/v1/stream', 'GET'],
  ['GET', '/insert', 'POST'],
  ['DELETE', '/', 'GET, HEAD'],
] as const)('%s %s is a 405 problem that says what is allowed', async (method, url, allow) => {
  await using fixture = await memoryApp();
  const response = await fixture.app.inject({ method, url });
  expect(response.statusCode).toBe(405);
  expect(response.headers.allow).toBe(allow);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(fixture.store.reports).toEqual([]);
});

test.each([
  ['POST', '/api/v1/measurements', REPORT],
  ['GET', '/api/v1/measurements', undefined],
  ['DELETE', '/api/v1/measurements', undefined],
  ['GET', '/api/v1/sensors', undefined],
  ['GET', '/api/v1/sensors/a/measurements', undefined],
  ['GET', '/api/v1/anomalies', undefined],
  ['GET', '/api/v1/status', undefined],
  ['GET', '/detectar?dato=5', undefined],
  ['GET', '/', undefined],
  ['GET', '/anomalies', undefined],
  ['GET', '/readyz', undefined],
] as const)(
  '%s %s is a 503 problem with Retry-After while the store is away',
  async (method, url, payload) => {
    await using fixture = await memoryApp();
    fixture.store.available = false;
    const response = await fixture.app.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
    expect(response.statusCode).toBe(503);
    expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    fixture.store.available = true;
    expect(await fixture.store.measurements({ group: 'default', limit: 10 })).toEqual([]);
  },
);

test('an unforeseen error is a 500 problem without its message or stack', async () => {
  await using fixture = await memoryApp();
  fixture.store.status = () => Promise.reject(new Error('the password is 1234'));
  const response = await fixture.app.inject({ url: '/api/v1/status' });
  expect(response.statusCode).toBe(500);
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(response.body).not.toMatch(/1234|at .*\.ts/);
});

test('more writes under way than are taken are a 429 problem, and the places are given back', async () => {
  await using fixture = await memoryApp({ maxWritesInFlight: 2 });
  let open = (): void => {};
  fixture.store.gate = new Promise((resolve) => (open = resolve));
  const url = `${await fixture.listen()}/api/v1/measurements`;
  const post = (timestamp: number): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp, value: 1 }),
    });
  let refusals = 0;
  const answers = [1, 2, 3, 4, 5].map(async (timestamp) => {
    const answer = await post(timestamp);
    if (answer.status === 429) refusals += 1;
    return answer;
  });
  const refused = await Promise.race(answers);
  expect(refused.status).toBe(429);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(refused.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  await waitFor(() => refusals === 3);
  open();
  const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
  expect(statuses).toEqual([201, 201, 429, 429, 429]);
  expect((await post(6)).status).toBe(201);
});

test('a client past its rate of writes gets a 429 problem with Retry-After; reads go on', async () => {
  await using fixture = await memoryApp({ writeRateLimitPerMinute: 3 });
  const send = (timestamp: number) =>
    fixture.app.inject({ method: 'POST', url: '/api/v1/measurements', payload: { timestamp, value: 1 } });
  for (const timestamp of [1, 2, 3]) expect((await send(timestamp)).statusCode).toBe(201);
  const refused = await send(4);
  expect(refused.statusCode).toBe(429);
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
  const detectar = await fixture.app.inject({ url: '/detectar?dato=1' });
  expect(detectar.statusCode).toBe(429);
  expect((await fixture.app.inject({ url: '/api/v1/measurements' })).statusCode).toBe(200);
  const elsewhere = await fixture.app.inject({
    method: 'POST',
    url: '/api/v1/measurements',
    payload: { timestamp: 5, value: 1 },
    remoteAddress: '192.0.2.7',
  });
  expect(elsewhere.statusCode).toBe(201);
});

test('behind a trusted proxy the rate is that of the client, and nobody else can claim an address', async () => {
  await using fixture = await memoryApp({ writeRateLimitPerMinute: 1, trustedProxies: '10.0.0.0/8' });
  const send = async (remoteAddress: string, client: string): Promise<number> => {
    const response = await fixture.app.inject({
      method: 'GET',
      url: '/detectar?dato=1',
      remoteAddress,
      headers: { 'x-forwarded-for': client },
    });
    return response.statusCode;
  };
  expect(await send('10.1.1.1', '192.0.2.1')).toBe(200);
  expect(await send('10.1.1.1', '192.0.2.2')).toBe(200);
  expect(await send('10.1.1.1', '192.0.2.1')).toBe(429);
  expect(await send('192.0.2.9', '192.0.2.3')).toBe(200);
  expect(await send('192.0.2.9', '192.0.2.4')).toBe(429);
});

test('bytes that are no HTTP request are answered with a problem', async () => {
  await using fixture = await memoryApp();
  const { port } = new URL(await fixture.listen());
  for (const [bytes, status] of [
    ['\x00\x01\x02\r\n\r\n', 400],
    [`GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 431],
  ] as const) {
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('application/problem+json');
  }
});

test('connections without a request do not hold up the end', async () => {
  await using fixture = await memoryApp();
  const { port } = new URL(await fixture.listen());
  const socket = connect(Number(port), '127.0.0.1');
  await waitFor(() => socket.readyState === 'open');
  await waitFor(async () => (await connectionsOf(fixture.app.server)) === 1);
  await fixture.app.close();
  await waitFor(() => socket.closed);
});

test('while the app closes, a request under way is finished and the next one on its connection is sent away', async () => {
  await using fixture = await memoryApp();
  let open = (): void => {};
  fixture.store.gate = new Promise((resolve) => (open = resolve));
  const { port } = new URL(await fixture.listen());
  const socket = connect(Number(port), '127.0.0.1');
  let answers = '';
  socket.on('data', (bytes) => (answers += bytes.toString()));
  // A server that closes with a request unread resets the connection: what it answered before has arrived all the same.
  socket.on('error', () => {});
  const ended = once(socket, 'close');
  socket.write('GET /detectar?dato=1 HTTP/1.1\r\nhost: x\r\n\r\n');
  await waitFor(() => fixture.store.writesBegun === 1);
  const closed = fixture.app.close();
  socket.write('GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n');
  open();
  await closed;
  await ended;
  const statuses = [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status);
  expect(statuses[0]).toBe('200');
  expect(statuses.slice(1)).toEqual(statuses.length === 1 ? [] : ['503']);
  expect(fixture.store.reports).toHaveLength(1);
});
