import { transportUnderTest } from './support/transport-under-test.js';
import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { connect, ensembleId, type CoordinationError } from '../src/index.js';
import { TestClients } from './support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

test('connects, and creates, reads, writes, lists and deletes znodes below a chroot that did not exist', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  await using client = await connect({
    transport: transportUnderTest,
    hosts: clients.hosts,
    sessionTimeoutMs: 4_000,
  });
  expect(client.state).toBe('connected');
  expect(client.sessionTimeoutMs).toBe(4_000);

  await client.ensurePath('/a/b');
  expect(await client.create('/a/b/c', { data: 'one' })).toBe('/a/b/c');
  const read = await client.get('/a/b/c');
  expect(read.data.toString()).toBe('one');
  expect(read.stat).toMatchObject({ version: 0, ephemeralOwner: 0n, dataLength: 3 });
  const stat = await client.set('/a/b/c', 'two', { version: 0 });
  expect(stat.version).toBe(1);
  expect(await client.children('/a/b')).toEqual(['c']);
  await client.delete('/a/b/c');
  expect(await client.exists('/a/b/c')).toBeUndefined();
});

test('ephemeral sequential znodes carry the session and the sequence number', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await client.ensurePath('/queue');
  const path = await client.create('/queue/n-', { ephemeral: true, sequential: true });
  expect(path).toBe('/queue/n-0000000000');
  expect((await client.exists(path))?.ephemeralOwner).toBe(client.sessionId);
});

test('failures are typed and name the path as the caller wrote it', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  await client.ensurePath('/parent/child');
  const failures: [Promise<unknown>, string, string | undefined][] = [
    [client.get('/none'), 'NO_NODE', '/none'],
    [client.create('/parent'), 'NODE_EXISTS', '/parent'],
    [client.delete('/parent'), 'NOT_EMPTY', '/parent'],
    [client.set('/parent', 'x', { version: 7 }), 'BAD_VERSION', '/parent'],
    [client.create('/none/child'), 'NO_NODE', '/none/child'],
    [client.get('no-slash'), 'INVALID_ARGUMENT', undefined],
    [client.get('/nul\0byte'), 'INVALID_ARGUMENT', undefined],
    [client.create('/large', { data: Buffer.alloc(1_048_576) }), 'INVALID_ARGUMENT', '/large'],
  ];
  for (const [failure, code, path] of failures) {
    const error = await failure.then(
      () => undefined,
      (reason: unknown) => reason as CoordinationError,
    );
    expect(error).toMatchObject({ name: 'CoordinationError', code });
    if (path !== undefined) {
      expect(error?.path).toBe(path);
      expect(error?.message).not.toContain(clients.chroot);
    }
  }
});

test('reads the values of all children in one pass; a missing parent has none', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  expect((await client.readChildren('/none')).children.size).toBe(0);
  await client.ensurePath('/values');
  const ids = Array.from({ length: 1_200 }, (_, index) => `id-${String(index).padStart(5, '0')}`);
  // Repeated where the connection breaks on a busy machine, which a creation is not.
  await Promise.all(ids.map((id) => client.createOrSet(`/values/${id}`, id)));
  const { children } = await client.readChildren('/values');
  expect([...children.keys()]).toEqual(ids);
  for (const [id, { data }] of children) expect(data.toString()).toBe(id);
});

test('a child that may not be read is set aside with its reason, and the others are read', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const owner = await clients.connect({ auth: { user: 'keeper', password: 'secret' } });
  const client = await clients.connect();
  await client.ensurePath('/partly-hidden');
  await client.create('/partly-hidden/open', { data: '1' });
  await owner.create('/partly-hidden/hidden', { data: '2' });
  const { children, unreadable } = await client.readChildren('/partly-hidden');
  expect([...children].map(([id, { data }]) => [id, data.toString()])).toEqual([['open', '1']]);
  // Below the chroot of these clients.
  expect([...unreadable].map(([id, { code, path }]) => [id, code, path])).toEqual([
    ['hidden', 'NO_AUTHORIZATION', '/partly-hidden/hidden'],
  ]);
});

test('the id of the ensemble is created once and the same for all', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const several = await Promise.all([clients.connect(), clients.connect(), clients.connect()]);
  const ids = await Promise.all(several.map((client) => ensembleId(client, '/ensemble')));
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[0-9a-f-]{36}$/);
});

test('with credentials, znodes are left to their user alone', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const owner = await clients.connect({ auth: { user: 'keeper', password: 'secret' } });
  await owner
    .create('/mine', { data: 'x' })
    .catch(() => owner.ensurePath('/').then(() => owner.create('/mine', { data: 'x' })));
  const stranger = await clients.connect();
  await expect(stranger.get('/mine')).rejects.toMatchObject({ code: 'NO_AUTHORIZATION' });
  const friend = await clients.connect({ auth: { user: 'keeper', password: 'secret' } });
  expect((await friend.get('/mine')).data.toString()).toBe('x');
});
