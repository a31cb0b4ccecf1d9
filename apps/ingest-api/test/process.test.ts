import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { endAllProcesses, freePort, waitFor } from '@atalaya/test-kit';
import { addressOf, runApi, runApiWithOpenFiles, temporaryFolder } from './api-process.js';
import { RawRequests } from './raw-request.js';

/** Nobody listens there: the store is away. */
const NO_REDIS = 'redis://someone:very-secret@127.0.0.1:1';

afterAll(endAllProcesses);

test.each([
  [{ PORT: 'http' }, ['PORT="http"', '0 to 65535']],
  [{ PORT: '65536' }, ['PORT="65536"']],
  [{ REDIS_URL: 'http://localhost' }, ['REDIS_URL', 'redis://']],
  [{ RETENTION_MS: '0' }, ['RETENTION_MS="0"']],
  [{ RETENTION_MS: '30 days' }, ['RETENTION_MS="30 days"']],
  [{ INGEST_TOKEN: 'with space' }, ['INGEST_TOKEN']],
  [{ ALLOW_ANONYMOUS_WRITES: 'yes' }, ['ALLOW_ANONYMOUS_WRITES="yes"', "'true' or 'false'"]],
  [{ WRITE_RATE_LIMIT_PER_MINUTE: '-1' }, ['WRITE_RATE_LIMIT_PER_MINUTE="-1"']],
  [{ TRUSTED_PROXIES: 'proxy.example' }, ['TRUSTED_PROXIES="proxy.example"']],
  [{ LOG_LEVEL: 'loud' }, ['LOG_LEVEL="loud"', 'info']],
  [{ HOST: '0.0.0.0' }, ['HOST="0.0.0.0"', 'INGEST_TOKEN', 'ALLOW_ANONYMOUS_WRITES=true']],
  [{ HOST: '0.0.0.0', INGEST_TOKEN: 'short' }, ['INGEST_TOKEN', 'at least 16 characters']],
  [{ ALLOW_ANONYMOUS_READS: 'false' }, ['ALLOW_ANONYMOUS_READS', 'nobody could read']],
  [{ HOST: '::', PORT: 'x' }, ['HOST="::"', 'PORT="x"']],
  [{ INGEST_TOKEN_FILE: '/does/not/exist' }, ['INGEST_TOKEN_FILE="/does/not/exist"']],
])('%j ends it with exit code 78 and one message', async (env, mentions) => {
  const api = runApi({ REDIS_URL: NO_REDIS, PORT: '0', ...env });
  expect(await api.ended).toEqual({ code: 78, signal: null });
  const message = api.lines.join('\n');
  for (const mention of mentions) expect(message).toContain(mention);
  expect(message).not.toMatch(/very-secret|with space|at .*\.js/);
});

test.each([
  { HOST: '0.0.0.0', INGEST_TOKEN: 'sixteen-or-more-chars' },
  { HOST: '0.0.0.0', ALLOW_ANONYMOUS_WRITES: 'true' },
  { HOST: 'localhost' },
])('%j is allowed', async (env) => {
  await using api = runApi({ REDIS_URL: NO_REDIS, PORT: '0', ...env });
  expect(await addressOf(api)).toMatch(/^http:\/\//);
});

test('a port that is taken is one line and exit code 1', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const api = runApi({ REDIS_URL: NO_REDIS, PORT: String(port) });
  expect(await api.ended).toEqual({ code: 1, signal: null });
  expect(api.lines).toHaveLength(1);
  expect(api.records[0]).toMatchObject({
    level: 60,
    msg: `Cannot listen on 127.0.0.1 port ${port}: another process listens there; end it or set PORT to a free port.`,
  });
  other.close();
});

test('without its Redis it stays up, is not ready, acknowledges nothing and says so once', async () => {
  await using api = runApi({ REDIS_URL: NO_REDIS, PORT: '0' });
  const url = await addressOf(api);
  await api.waitForLine(/Redis at 127\.0\.0\.1:1 is away: connect ECONNREFUSED/);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const ready = await fetch(`${url}/readyz`);
    expect(ready.status).toBe(503);
    await ready.text();
    const write = await fetch(`${url}/api/v1/measurements`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ timestamp: 1, value: 1 }),
    });
    expect(write.status).toBe(503);
    expect(write.headers.get('retry-after')).toBe('2');
    await write.text();
  }
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect(api.lines.filter((line) => line.includes('is away'))).toHaveLength(1);
  expect(api.lines.join('\n')).not.toContain('very-secret');
});

test('the password of a Redis that refuses it and quotes it is in no line of the log', async () => {
  const redis = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const commands = data.toString().match(/^\*\d+\r$/gm) ?? [];
      socket.write('-WRONGPASS invalid password very-secret\r\n'.repeat(commands.length));
    });
    socket.unref();
  }).unref();
  await new Promise<void>((resolve) => redis.listen(0, '127.0.0.1', resolve));
  const { port } = redis.address() as AddressInfo;
  await using api = runApi({
    REDIS_URL: `redis://someone:very-secret@127.0.0.1:${port}`,
    PORT: '0',
    LOG_LEVEL: 'trace',
    INGEST_TOKEN: 'another-secret',
  });
  const url = await addressOf(api);
  await api.waitForLine(/WRONGPASS/);
  for (const path of ['/readyz', '/api/v1/status?token=another-secret']) {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: 'Bearer another-secret' } });
    expect(await answer.text()).not.toMatch(/very-secret|another-secret/);
  }
  expect(api.lines.join('\n')).not.toMatch(/very-secret|another-secret/);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it with exit code 0, also with an open stream',
  async (signal) => {
    const api = runApi({ REDIS_URL: NO_REDIS, PORT: String(await freePort()) });
    const url = await addressOf(api);
    const stream = await fetch(`${url}/api/v1/stream`);
    expect(stream.status).toBe(200);
    api.signal(signal);
    expect(await api.ended).toEqual({ code: 0, signal: null });
    await stream.text().catch(() => undefined);
  },
);

test.each([40, 100])('a limit of %i open files ends the start with one message', async (limit) => {
  const api = runApiWithOpenFiles(limit, { REDIS_URL: NO_REDIS, PORT: '0' });
  expect(await api.ended).toEqual({ code: 1, signal: null });
  expect(api.lines).toHaveLength(1);
  expect(api.lines[0]).toMatch(/The limit of open files \(ulimit -n\) is too low.* Set it to 1024 or more\./);
});

test('connections beyond the limit of open files are refused, which is said once, and it lives on', async () => {
  await using folder = await temporaryFolder();
  await using api = runApiWithOpenFiles(512, { PORT: '0', DATA_DIR: folder.path });
  const url = await addressOf(api);
  {
    using requests = new RawRequests();
    const opened = Array.from({ length: 600 }, () => requests.open(url));
    await waitFor(() => opened.some(({ socket }) => socket.closed || socket.readableEnded));
    await api.waitForLine(/refused: there are as many connections as the limit of open files/);
  }
  await waitFor(async () => (await fetch(`${url}/detectar?dato=1`)).status === 200);
  expect(api.lines.filter((line) => line.includes('limit of open files'))).toHaveLength(1);
});

test('requests that were half sent do not hold up the end', async () => {
  await using folder = await temporaryFolder();
  const api = runApi({ PORT: '0', DATA_DIR: folder.path });
  const url = await addressOf(api);
  using requests = new RawRequests();
  const head = requests.open(url);
  head.socket.write('POST /api/v1/measurements HTTP/1.1\r\nhost: local');
  const body = { 'content-type': 'application/json', 'content-length': '100' };
  const slow = await requests.open(url).begin('POST', '/api/v1/measurements', body, '{');
  const answered = await requests.open(url).begin('POST', '/nothing', body, '{');
  await waitFor(() => answered.statuses.length === 1);
  api.signal('SIGTERM');
  expect(await api.ended).toEqual({ code: 0, signal: null });
  expect(api.lines.join('\n')).not.toContain('cut short');
  await waitFor(() => slow.socket.closed || slow.socket.readableEnded);
  expect([slow.statuses, answered.statuses]).toEqual([[503], [404]]);
});

test('on the embedded time series: an acknowledged value survives SIGKILL, and a second process is refused the folder', async () => {
  await using folder = await temporaryFolder();
  const env = { PORT: '0', DATA_DIR: folder.path };
  const first = runApi(env);
  const inserted = await fetch(`${await addressOf(first)}/detectar?dato=79.5`);
  expect(inserted.status).toBe(200);
  const { timestamp } = (await inserted.json()) as { timestamp: number };

  const second = runApi(env);
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.lines).toHaveLength(1);
  expect(second.records[0]?.msg).toContain(`The embedded time series cannot use ${folder.path}: `);

  await first.kill();
  await using again = runApi(env);
  const read = await fetch(`${await addressOf(again)}/api/v1/measurements`);
  expect(await read.json()).toEqual({ group: 'default', measurements: [{ timestamp, value: 79.5 }] });
});
