import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { startRedisSentinel, startRedisServer, waitFor } from '@atalaya/test-kit';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { MeasurementStore, StoreUnavailableError } from '../src/index.js';
import { MovingAddress } from './moving-address.js';

// The servers are Redis without modules: once they take writes, the module is what is missing.

jest.setTimeout(120_000);

const REPORT = { group: 'g', timestamp: 1, value: 1 };

interface Opened extends AsyncDisposable {
  redis: Redis;
  store: MeasurementStore;
  /** Codes that `onUnavailable` was called with. */
  codes: string[];
}

type Address = Pick<RedisOptions, 'port' | 'username' | 'password' | 'sentinels' | 'name'>;

function open(address: Address): Opened {
  const redis = new Redis({
    maxRetriesPerRequest: 0,
    retryStrategy: () => 50,
    sentinelRetryStrategy: () => 50,
    ...address,
  });
  redis.on('error', () => {});
  const codes: string[] = [];
  const store = new MeasurementStore(redis, {
    retentionMs: 0,
    commandTimeoutMs: 5_000,
    onUnavailable: ({ code }) => codes.push(code),
  });
  return {
    redis,
    store,
    codes,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      redis.disconnect();
    },
  };
}

async function errorOf(operation: Promise<unknown>): Promise<StoreUnavailableError> {
  const error: unknown = await operation.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreUnavailableError);
  return error as StoreUnavailableError;
}

/** Code of what a write, then a ping fail with. */
async function codesOf(store: MeasurementStore): Promise<string[]> {
  const write = await errorOf(store.record(REPORT));
  const ping = await errorOf(store.ping());
  return [write.code, ping.code];
}

test.each([
  ['out of memory', { maxmemory: '1' }, { maxmemory: '0' }, 'STORE_FULL', /out of memory.*maxmemory.*OOM/s],
  [
    'without its replicas',
    { 'min-replicas-to-write': '1' },
    { 'min-replicas-to-write': '0' },
    'STORE_WITHOUT_REPLICAS',
    /fewer replicas.*NOREPLICAS/s,
  ],
])('a server %s is named by write, batch and ping, and forgotten when it takes writes', async (...row) => {
  const [, refusing, taking, code, message] = row;
  await using server = await startRedisServer();
  await using admin = open({ port: server.port });
  for (const [name, value] of Object.entries(refusing)) await admin.redis.config('SET', name, value);
  await using opened = open({ port: server.port });
  const { store, codes } = opened;
  const error = await errorOf(store.record(REPORT));
  expect(error).toMatchObject({ code, message: expect.stringMatching(message) as string });
  expect(error.summary).not.toMatch(/OOM|NOREPLICAS/);
  expect(await codesOf(store)).toEqual([code, code]);
  expect(await store.recordAll([REPORT])).toMatchObject([{ outcome: 'failed', error: { code } }]);
  expect(codes).toEqual([code, code, code]);
  for (const [name, value] of Object.entries(taking)) await admin.redis.config('SET', name, value);
  expect(await errorOf(store.record(REPORT))).toMatchObject({ code: 'TIME_SERIES_MISSING' });
});

test('a server that cannot save to its disk is named, and forgotten when it takes writes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-no-disk-'));
  await using server = await startRedisServer({ settings: { dir: folder, save: '3600 1' } });
  await using admin = open({ port: server.port });
  await rm(folder, { recursive: true });
  await admin.redis.bgsave();
  await waitFor(async () => (await admin.redis.info('persistence')).includes('rdb_last_bgsave_status:err'));
  await using opened = open({ port: server.port });
  const error = await errorOf(opened.store.record(REPORT));
  expect(error).toMatchObject({
    code: 'STORE_NOT_PERSISTING',
    message: expect.stringMatching(/cannot save them to its disk.*MISCONF/s) as string,
  });
  expect(await codesOf(opened.store)).toEqual(['STORE_NOT_PERSISTING', 'STORE_NOT_PERSISTING']);
  // Without it the server would not end either before it has saved.
  await admin.redis.config('SET', 'save', '');
  expect(await errorOf(opened.store.record(REPORT))).toMatchObject({ code: 'TIME_SERIES_MISSING' });
});

test('a ping alone finds that writes are refused, and that they are taken again', async () => {
  await using server = await startRedisServer({ settings: { maxmemory: '1' } });
  await using opened = open({ port: server.port });
  expect((await errorOf(opened.store.ping())).code).toBe('STORE_FULL');
  await opened.redis.config('SET', 'maxmemory', '0');
  expect((await errorOf(opened.store.ping())).code).toBe('TIME_SERIES_MISSING');
});

test('a user without the right, a wrong password and no password are named', async () => {
  await using server = await startRedisServer({ settings: { requirepass: 'right' } });
  await using admin = open({ port: server.port, password: 'right' });
  await admin.redis.call('ACL', 'SETUSER', 'reader', 'on', '>reader', '~*', '&*', '+@all', '-@write');
  await using reader = open({ port: server.port, username: 'reader', password: 'reader' });
  expect(await codesOf(reader.store)).toEqual(['STORE_NOT_PERMITTED', 'STORE_NOT_PERMITTED']);
  for (const password of [{ password: 'wrong' }, {}]) {
    await using refused = open({ port: server.port, ...password });
    expect(await codesOf(refused.store)).toEqual(['STORE_LOGIN_REFUSED', 'STORE_LOGIN_REFUSED']);
    expect((await errorOf(refused.store.ping({ timeoutMs: 500 }))).message).toMatch(
      /check user and password/,
    );
  }
});

test('a wrong password of a Cluster is named, too', async () => {
  await using server = await startRedisServer({
    settings: { 'cluster-enabled': 'yes', requirepass: 'right' },
  });
  const cluster = new Cluster([server.url, server.url], {
    clusterRetryStrategy: () => 50,
    redisOptions: { password: 'wrong', maxRetriesPerRequest: 0 },
  });
  try {
    const store = new MeasurementStore(cluster, { retentionMs: 0, commandTimeoutMs: 1_000 });
    expect((await errorOf(store.ping())).code).toBe('STORE_LOGIN_REFUSED');
  } finally {
    cluster.disconnect();
  }
});

test('one URL of a Cluster is named, with what to set', async () => {
  await using server = await startRedisServer({ settings: { 'cluster-enabled': 'yes' } });
  await using admin = open({ port: server.port });
  // The slots belong to a node that is not there.
  await admin.redis.cluster('SET-CONFIG-EPOCH', 1);
  await using other = await startRedisServer({ settings: { 'cluster-enabled': 'yes' } });
  await using otherAdmin = open({ port: other.port });
  await otherAdmin.redis.cluster('ADDSLOTSRANGE', 0, 16_383);
  await admin.redis.cluster('MEET', '127.0.0.1', other.port);
  await waitFor(async () => (await admin.redis.cluster('INFO')).includes('cluster_state:ok'));
  await using opened = open({ port: server.port });
  expect(await codesOf(opened.store)).toEqual(['STORE_IS_CLUSTER', 'STORE_IS_CLUSTER']);
  expect((await errorOf(opened.store.ping())).message).toMatch(
    /REDIS_URL=redis:\/\/node-1:6379,redis:\/\/node-2:6379.*MOVED \d+/s,
  );
  expect((await errorOf(opened.store.status('g'))).code).toBe('STORE_IS_CLUSTER');
});

test('after a failover the connection leaves the demoted master by itself', async () => {
  await using first = await startRedisServer();
  await using second = await startRedisServer({ settings: { replicaof: `127.0.0.1 ${first.port}` } });
  await using firstAdmin = open({ port: first.port });
  await using secondAdmin = open({ port: second.port });
  await waitFor(async () => (await secondAdmin.redis.info('replication')).includes('master_link_status:up'));
  await using address = await MovingAddress.of(first.port);
  await using opened = open({ port: address.port });
  expect(await codesOf(opened.store)).toEqual(['TIME_SERIES_MISSING', 'TIME_SERIES_MISSING']);

  await secondAdmin.redis.replicaof('NO', 'ONE');
  await firstAdmin.redis.replicaof('127.0.0.1', second.port);
  address.moveTo(second.port);

  // The connection is still to the first, which reads and does not write.
  expect((await errorOf(opened.store.insertNow('h', 1))).code).toBe('STORE_READ_ONLY');
  await waitFor(async () => (await errorOf(opened.store.insertNow('h', 1))).code === 'TIME_SERIES_MISSING');
  expect(await secondAdmin.redis.hget('atalaya:{h}:settings', 'retentionMs')).toBe('0');
  expect((await errorOf(opened.store.ping())).code).toBe('TIME_SERIES_MISSING');
});

test('after a failover of a Sentinel the connection goes to the new master', async () => {
  await using first = await startRedisServer();
  await using second = await startRedisServer({ settings: { replicaof: `127.0.0.1 ${first.port}` } });
  await using secondAdmin = open({ port: second.port });
  await waitFor(async () => (await secondAdmin.redis.info('replication')).includes('master_link_status:up'));
  await using sentinel = await startRedisSentinel({ masterPort: first.port });
  await using sentinelAdmin = open({ port: sentinel.port });
  await waitFor(async () => {
    const replicas = await sentinelAdmin.redis.call('SENTINEL', 'REPLICAS', 'mymaster');
    // Before it has heard from the replica it finds none that could follow the master.
    return String(replicas).includes('master-link-status,ok');
  });
  await using opened = open({
    sentinels: [{ host: '127.0.0.1', port: sentinel.port }],
    name: 'mymaster',
  });
  expect(await codesOf(opened.store)).toEqual(['TIME_SERIES_MISSING', 'TIME_SERIES_MISSING']);
  await sentinelAdmin.redis.call('SENTINEL', 'FAILOVER', 'mymaster');
  await waitFor(async () => (await secondAdmin.redis.info('replication')).includes('role:master'), {
    timeoutMs: 60_000,
  });
  let attempt = 0;
  await waitFor(
    async () => {
      attempt += 1;
      // The first server may take writes for a moment longer; these are lost with it.
      const { code } = await errorOf(opened.store.insertNow(`h${attempt}`, 1));
      const isThere = (await secondAdmin.redis.exists(`atalaya:{h${attempt}}:settings`)) === 1;
      return code === 'TIME_SERIES_MISSING' && isThere;
    },
    { timeoutMs: 60_000 },
  );
});
