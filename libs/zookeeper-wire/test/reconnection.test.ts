import {
  type FaultProxy,
  startFaultProxy,
  startZooKeeper,
  type StartedZooKeeper,
  waitFor,
} from '@atalaya/test-kit';
import { openSession, type WireSession } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
let other: WireSession;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: zooKeeper.servers });
  other = openSession({ hosts: zooKeeper.connectString });
  await other.connected();
}, 90_000);
afterEach(() => proxy.passThrough());
afterAll(async () => {
  await other.close();
  await proxy.close();
  await zooKeeper.close();
});

test('a session outlives its connection; what was under way rejects, and may have been applied', async () => {
  await using subject = await Subject.connected({ hosts: proxy.connectString });
  const path = freshPath();
  await subject.session.create(path, { mode: 'ephemeral' });
  await using lost = proxy.dropReplies({ operation: 'setData' });
  await expect(subject.session.setData(path, 'written')).rejects.toMatchObject({
    code: 'CONNECTION_LOSS',
    path,
  });
  expect(lost.hits).toBe(1);
  await subject.saw('connected', 2);
  expect(subject.told).toEqual(['connected', 'disconnected', 'connected']);
  expect(subject.connections[1]?.id).toBe(subject.connections[0]?.id);
  expect((await subject.session.getData(path)).value.data?.toString()).toBe('written');
});

test('while cut off nothing is sent', async () => {
  await using subject = await Subject.connected({ hosts: proxy.connectString });
  await proxy.refuse();
  proxy.cut();
  await subject.saw('disconnected');
  await expect(subject.session.create(freshPath())).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  await waitFor(() => subject.failedAttempts.some(({ code }) => code === 'CONNECT_FAILED'));
});

test('watches are set again: one-shot ones see what changed meanwhile, others what comes', async () => {
  await using subject = await Subject.connected({ hosts: proxy.connectString });
  const path = freshPath();
  for (const name of ['', '/changed', '/same', '/tree', '/deleted']) await other.create(path + name);
  for (const name of ['/changed', '/same', '/deleted'])
    await subject.session.getData(path + name, { watch: true });
  await subject.session.exists(`${path}/created`, { watch: true });
  await subject.session.getChildren(path, { watch: true });
  await subject.session.addWatch(`${path}/tree`, 'persistent-recursive');
  const refusal = await proxy.refuse();
  proxy.cut();
  await subject.saw('disconnected');
  await other.setData(`${path}/changed`, 'x');
  await other.delete(`${path}/deleted`);
  await other.create(`${path}/created`);
  await other.create(`${path}/tree/unseen`);
  await refusal.lift();
  await subject.saw('connected', 2);
  await subject.session.sync();
  const seen = () => subject.watches.map(({ type, path: of }) => `${type} ${of.slice(path.length)}`).sort();
  expect(seen()).toEqual(['changed /changed', 'child ', 'created /created', 'deleted /deleted']);
  await other.create(`${path}/tree/seen`);
  await other.setData(`${path}/same`, 'x');
  await subject.session.sync();
  expect(seen()).toEqual([
    'changed /changed',
    'changed /same',
    'child ',
    'created /created',
    'created /tree/seen',
    'deleted /deleted',
  ]);
});

test('what changed before the watches were set again is not lost when that connection breaks too', async () => {
  await using subject = await Subject.connected({ hosts: proxy.connectString });
  const path = freshPath();
  await other.create(path);
  await subject.session.getData(path, { watch: true });
  const refusal = await proxy.refuse();
  // The server never hears of the watches on the first connection.
  await using lost = proxy.dropRequests({ operation: 'setWatches' });
  proxy.cut();
  await subject.saw('disconnected');
  await other.setData(path, 'x');
  await refusal.lift();
  await waitFor(() => lost.hits === 1);
  await subject.watched('changed', path);
});

test('a server says when the session is over, and nothing is tried any more', async () => {
  await using subject = await Subject.connected({ hosts: proxy.connectString });
  const path = freshPath();
  await subject.session.create(path, { mode: 'ephemeral' });
  await proxy.expireSession(subject.session.credentials!.id);
  await subject.saw('expired');
  expect(subject.session.state).toBe('expired');
  await expect(subject.session.sync()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  expect((await other.exists(path)).value).toBeUndefined();
});

test('a session is resumed by its credentials, and reads nothing older than it has seen', async () => {
  const first = await Subject.connected({ hosts: proxy.connectString });
  const path = freshPath();
  const { zxid } = await first.session.create(path, { mode: 'ephemeral' });
  const credentials = first.session.credentials!;
  expect(credentials.lastZxid).toBeGreaterThanOrEqual(zxid);
  await using ahead = new Subject({
    hosts: zooKeeper.connectString,
    resume: { ...credentials, lastZxid: credentials.lastZxid + 1_000_000n },
  });
  await waitFor(() => ahead.failedAttempts.length >= 2);
  expect(ahead.told).toEqual([]);
  await using second = await Subject.connected({ hosts: zooKeeper.connectString, resume: credentials });
  expect(second.session.credentials?.id).toBe(credentials.id);
  expect((await second.session.exists(path)).value?.ephemeralOwner).toBe(credentials.id);
  await second.session.close();
  await first.saw('expired');
});

test('a server that says nothing is left, and the session goes on elsewhere', async () => {
  await using two = await startFaultProxy({ upstreams: [...zooKeeper.servers, ...zooKeeper.servers] });
  await using subject = await Subject.connected({ hosts: two.connectString, sessionTimeoutMs: 3_000 });
  const [connection] = two.links.flatMap(({ connections }) => connections);
  two.halfOpen({ direction: 'both', link: connection!.link });
  await subject.saw('disconnected');
  expect(subject.disconnections[0]).toMatchObject({ code: 'SERVER_SILENT' });
  await subject.saw('connected', 2);
  expect(subject.connections[1]?.id).toBe(subject.connections[0]?.id);
});

test('an idle session is kept by pings', async () => {
  let pings = 0;
  await using subject = await Subject.connected({
    hosts: proxy.connectString,
    sessionTimeoutMs: 1_000,
    events: { answered: ({ operation }) => (pings += operation === 'ping' ? 1 : 0) },
  });
  await waitFor(() => pings >= 4, { timeoutMs: 20_000 });
  expect(subject.session.state).toBe('connected');
});

test('a name that is not answered holds up no other; names are looked up anew', async () => {
  const port = Number(zooKeeper.connectString.split(':')[1]);
  const asked: string[] = [];
  const resolver = (host: string): Promise<string[]> => {
    asked.push(host);
    return host === 'silent' ? new Promise(() => {}) : Promise.resolve(['127.0.0.1']);
  };
  await using subject = await Subject.connected({
    hosts: [
      { host: 'silent', port },
      { host: 'there', port },
    ],
    resolver,
  });
  expect(subject.connections[0]?.server).toEqual({ host: 'there', port, address: '127.0.0.1' });
  expect(asked).toEqual(['silent', 'there']);
  await using unknown = new Subject({
    hosts: 'nowhere:1',
    resolver: () => Promise.reject(new Error('no such name')),
  });
  await waitFor(() => unknown.failedAttempts.length >= 2);
  expect(unknown.failedAttempts[0]).toMatchObject({ code: 'NAME_NOT_RESOLVED' });
});
