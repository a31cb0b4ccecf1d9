import { transportUnderTest } from './support/transport-under-test.js';
import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { textCodec, type NodeSnapshot } from '../src/index.js';
import { closeBehind, TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: [zooKeeper.servers[0]!] });
}, 90_000);
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});

test('createOrSet creates with missing parents, and sets what is there', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await client.createOrSet('/a/b/c', 'one');
  const { stat } = await client.get('/a/b/c');
  await client.createOrSet('/a/b/c', 'two');
  const after = await client.get('/a/b/c');
  expect(after.data.toString()).toBe('two');
  expect(after.stat.czxid).toBe(stat.czxid);
});

test('createOrSet of many at a time, on one path, leaves one znode with one of the values', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await Promise.all(Array.from({ length: 20 }, (_, value) => client.createOrSet('/x/y', String(value))));
  expect(Number((await client.get('/x/y')).data.toString())).toBeLessThan(20);
});

test('deleteRecursively deletes the tree and nothing beside it, and does nothing for one that is not there', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  for (const path of ['/tree/a/1', '/tree/a/2', '/tree/b', '/treetop']) await client.ensurePath(path);
  await client.deleteRecursively('/tree');
  await client.deleteRecursively('/tree');
  expect(await client.children('/')).toEqual(['treetop']);
});

test('an operation that is not answered rejects after operationTimeoutMs, also without a connection', async () => {
  await using clients = new TestClients(proxy.connectString);
  const client = await clients.connect({ operationTimeoutMs: 100, sessionTimeoutMs: 20_000 });
  await client.ensurePath('/');
  proxy.halfOpen();
  await expect(client.get('/')).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  await expect(client.create('/late')).rejects.toMatchObject({ code: 'OPERATION_TIMEOUT' });
  await closeBehind(proxy, () => client.close());
});

test('a node cache follows a znode through its creation, changes, deletion and an interruption', async () => {
  await using clients = new TestClients(proxy.connectString);
  const client = await clients.connect();
  await using direct = new TestClients(zooKeeper.connectString);
  const other = await direct.connect({
    transport: transportUnderTest,
    hosts: zooKeeper.connectString + clients.chroot,
  });
  await other.ensurePath('/');
  const cache = await client.nodeCache('/config', { codec: textCodec });
  expect(cache.snapshot()).toEqual({ value: undefined, stat: undefined, error: undefined, stale: false });
  const seen: (string | undefined)[] = [];
  const following = (async () => {
    for await (const { value } of cache.changes()) seen.push(value);
  })();
  await other.create('/config', { data: 'one' });
  await waitFor(() => seen.at(-1) === 'one');
  await other.set('/config', 'two');
  await waitFor(() => seen.at(-1) === 'two');
  const refused = await proxy.refuse();
  proxy.cut();
  await waitFor(() => cache.snapshot().stale);
  await other.set('/config', 'three');
  expect(cache.snapshot().value).toBe('two');
  await refused.lift();
  await waitFor(() => seen.at(-1) === 'three');
  const current: NodeSnapshot<string> = cache.snapshot();
  expect(current).toMatchObject({ value: 'three', stale: false });
  await other.delete('/config');
  await waitFor(() => seen.length > 3 && seen.at(-1) === undefined);
  await cache.close();
  await following;
});
