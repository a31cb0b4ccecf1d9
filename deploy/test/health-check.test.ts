import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './project.js';

/** A service whose liveness and readiness the test decides. */
let server: Server;
let alive: boolean;
let ready: boolean;
let directory: string;

beforeEach(async () => {
  alive = ready = true;
  directory = await mkdtemp(join(tmpdir(), 'atalaya-health-'));
  server = createServer((request, response) => {
    const answer = request.url === '/readyz' ? ready : alive;
    response.writeHead(answer ? 200 : 503).end('answer');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  server.close();
  await rm(directory, { recursive: true });
});

/** Runs the check as the engine does; the status that it ends with. */
async function check(marker = 'was-ready'): Promise<number> {
  const child = spawn('bash', [join(PROJECT, 'images/healthcheck.sh')], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      HEALTH_PORT: String((server.address() as AddressInfo).port),
      HEALTH_MARKER: join(directory, marker),
    },
  });
  const [status] = (await once(child, 'exit')) as [number];
  return status;
}

test('a service is not healthy before it was ready', async () => {
  ready = false;
  expect(await check()).toBe(1);
  ready = true;
  expect(await check()).toBe(0);
});

test('a service that was ready stays healthy while it waits for what it depends on', async () => {
  expect(await check()).toBe(0);
  ready = false;
  expect(await check()).toBe(0);
});

test('a service that does not answer is not healthy', async () => {
  expect(await check()).toBe(0);
  alive = false;
  expect(await check()).toBe(1);
  alive = true;
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  server.close();
  await once(server, 'close');
  const child = spawn('bash', [join(PROJECT, 'images/healthcheck.sh')], {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HEALTH_PORT: String(port), HEALTH_MARKER: join(directory, 'was-ready') },
  });
  expect(await once(child, 'exit')).toEqual([1, null]);
});

test('without a place for its mark it fails rather than passing unseen', async () => {
  expect(await check('missing/folder')).toBe(1);
});
