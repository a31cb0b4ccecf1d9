import { createServer } from 'node:net';
import { Registry } from 'prom-client';
import { HealthRegistry, type HealthServer, startHealthServer } from '../src/index.js';

let server: HealthServer;
const health = new HealthRegistry({ timeoutMs: 50 });

beforeAll(async () => {
  server = await startHealthServer({ host: '127.0.0.1', port: 0, health, metrics: new Registry() });
});
afterAll(() => server.close());

const get = (path: string, init?: RequestInit): Promise<Response> =>
  fetch(`http://127.0.0.1:${server.port}${path}`, init);

test('liveness does not depend on readiness', async () => {
  const dispose = health.addReadinessCheck('store', () => {
    throw new Error('refused');
  });
  expect((await get('/healthz')).status).toBe(200);
  const ready = await get('/readyz');
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({ ready: false, checks: { store: 'refused' } });
  dispose();
  expect((await get('/readyz')).status).toBe(200);
});

test('a check that hangs counts as not ready', async () => {
  const dispose = health.addReadinessCheck('store', () => new Promise<void>(() => {}));
  expect(await (await get('/readyz')).json()).toEqual({
    ready: false,
    checks: { store: 'no answer within 50 ms' },
  });
  dispose();
});

test('unknown paths and methods are refused', async () => {
  expect((await get('/other')).status).toBe(404);
  expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
});

test('a port that is taken is an error that says what to set', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(
    startHealthServer({ host: '127.0.0.1', port, health, metrics: new Registry() }),
  ).rejects.toThrow(/EADDRINUSE.*set HEALTH_PORT/);
  holder.close();
});
