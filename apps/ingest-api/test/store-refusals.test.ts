import { jest } from '@jest/globals';
import {
  endAllProcesses,
  type RedisServer,
  startRedisSentinel,
  startRedisServer,
  waitFor,
} from '@atalaya/test-kit';
import { Redis } from 'ioredis';
import { addressOf, runApi } from './api-process.js';

// The servers are Redis without modules: once they take writes, the module is what is missing.

jest.setTimeout(60_000);

afterAll(endAllProcesses);

interface Readiness {
  checks: { store: string };
}

interface Refusal {
  name: string;
  /** Makes the server refuse. */
  refuse: (admin: Redis) => Promise<unknown>;
  /** User and password of the URL. */
  login?: string;
  code: string;
  reason: RegExp;
}

const REFUSALS: Refusal[] = [
  {
    name: 'is out of memory',
    refuse: (admin) => admin.config('SET', 'maxmemory', '1'),
    code: 'STORE_FULL',
    reason: /out of memory/,
  },
  {
    name: 'is a replica',
    refuse: (admin) => admin.replicaof('127.0.0.1', 1),
    code: 'STORE_READ_ONLY',
    reason: /read-only replica/,
  },
  {
    name: 'lacks replicas',
    refuse: (admin) => admin.config('SET', 'min-replicas-to-write', '1'),
    code: 'STORE_WITHOUT_REPLICAS',
    reason: /fewer replicas/,
  },
  {
    name: 'gives the user no right to write',
    refuse: (admin) =>
      admin.call('ACL', 'SETUSER', 'reader', 'on', '>secret-1', '~*', '&*', '+@all', '-@write'),
    login: 'reader:secret-1@',
    code: 'STORE_NOT_PERMITTED',
    reason: /lacks a right/,
  },
  {
    name: 'refuses the password',
    refuse: (admin) => admin.config('SET', 'requirepass', 'secret-2'),
    login: ':secret-1@',
    code: 'STORE_LOGIN_REFUSED',
    reason: /check user and password/,
  },
];

function adminOf(server: RedisServer): Redis & Disposable {
  const redis = new Redis(server.url);
  return Object.assign(redis, {
    [Symbol.dispose]: () => {
      redis.disconnect();
    },
  });
}

async function countOf(url: string, reason: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const pattern = new RegExp(`^atalaya_ingest_store_failures_total{reason="${reason}"} (\\d+)$`, 'm');
  return Number(pattern.exec(metrics)?.[1]);
}

test.each(REFUSALS)(
  'a Redis that $name is named by answers, readiness, metric and, once, the log',
  async ({ refuse, login = '', code, reason }) => {
    await using server = await startRedisServer();
    using admin = adminOf(server);
    await refuse(admin);
    await using api = runApi({ REDIS_URL: `redis://${login}127.0.0.1:${server.port}`, PORT: '0' });
    const url = await addressOf(api);
    await api.waitForLine(reason);
    const post = (path: string, body: object): Promise<Response> =>
      fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    for (let tick = 1; tick <= 3; tick += 1) {
      const report = { timestamp: tick, value: 1 };
      for (const [path, body] of [
        ['/api/v1/measurements', report],
        ['/api/v1/measurements/batch', { reports: [report] }],
      ] as const) {
        // A replica is left for a new connection: until that is there the store cannot be reached.
        const problem = await waitFor(async () => {
          const response = await post(path, body);
          expect(response.status).toBe(503);
          expect(response.headers.get('retry-after')).toBe('2');
          const answer = (await response.json()) as { code: string; detail: string };
          return answer.code === 'STORE_UNAVAILABLE' ? undefined : answer;
        });
        expect(problem).toMatchObject({ code, detail: expect.stringMatching(reason) as string });
        // What the server answered word for word is for the log.
        expect(problem.detail).not.toMatch(/answered|READONLY You|OOM command|NOREPLICAS|NOPERM|WRONGPASS/);
      }
      await waitFor(async () => {
        const ready = await fetch(`${url}/readyz`);
        expect(ready.status).toBe(503);
        return reason.test(((await ready.json()) as Readiness).checks.store);
      });
    }
    expect(
      await countOf(url, code.toLowerCase().slice('STORE_'.length).replaceAll('_', '-')),
    ).toBeGreaterThan(0);
    expect(api.records.filter((record) => record.code === code)).toHaveLength(1);
    expect(api.lines.join('\n')).not.toMatch(/secret-/);
  },
);

test('after a failover the API writes to the master that the same address leads to', async () => {
  await using server = await startRedisServer();
  using admin = adminOf(server);
  await admin.replicaof('127.0.0.1', 1);
  await using api = runApi({ REDIS_URL: server.url, PORT: '0' });
  const url = await addressOf(api);
  await api.waitForLine(/read-only replica/);
  const before = await admin.client('LIST');
  await admin.replicaof('NO', 'ONE');
  await waitFor(async () => {
    await (await fetch(`${url}/detectar?dato=1`)).text();
    const ready = (await (await fetch(`${url}/readyz`)).json()) as Readiness;
    return ready.checks.store.includes('no RedisTimeSeries');
  });
  expect(await admin.client('LIST')).not.toBe(before);
});

test('a master is found through its Sentinel', async () => {
  await using server = await startRedisServer();
  await using sentinel = await startRedisSentinel({ masterPort: server.port, name: 'main' });
  await using api = runApi({ REDIS_URL: `redis-sentinel://127.0.0.1:${sentinel.port}/main`, PORT: '0' });
  await addressOf(api);
  await api.waitForLine(/no RedisTimeSeries/);
  using admin = adminOf(server);
  expect(await admin.exists('atalaya:{default}:probe')).toBe(1);
});

test('without the module nothing is answered as if there were no data', async () => {
  await using server = await startRedisServer();
  await using api = runApi({ REDIS_URL: server.url, PORT: '0' });
  const url = await addressOf(api);
  for (const path of ['sensors', 'status', 'measurements', 'sensors/a/measurements']) {
    const response = await fetch(`${url}/api/v1/${path}`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'TIME_SERIES_MISSING' });
  }
});
