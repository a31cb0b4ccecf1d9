import { startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { CREATOR_ACL, MultiError, openSession, PERMISSIONS, type WireSession } from '../src/index.js';
import { freshPath, Subject } from './support/subject.js';

let zooKeeper: StartedZooKeeper;
let subject: Subject;
let session: WireSession;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({
    javaOptions: ['-Dzookeeper.extendedTypesEnabled=true', '-Dznode.container.checkIntervalMs=200'],
  });
  subject = await Subject.connected({ hosts: zooKeeper.connectString });
  ({ session } = subject);
}, 90_000);
afterAll(async () => {
  await session.close();
  await zooKeeper.close();
});

test('a session has an id, credentials, the negotiated timeout and what the server has', () => {
  expect(session.state).toBe('connected');
  expect(session.timeoutMs).toBe(4_000);
  expect(session.credentials?.id).toBeGreaterThan(0n);
  expect(session.credentials?.password).toHaveLength(16);
  expect(session.capabilities).toEqual({
    multiRead: true,
    persistentWatches: true,
    counts: true,
    whoAmI: true,
  });
  expect(subject.connections).toMatchObject([
    { id: session.credentials?.id, readOnly: false, timeoutMs: 4_000 },
  ]);
});

test('creates, reads, writes, lists, finds and deletes, with typed errors', async () => {
  const path = freshPath();
  await expect(session.getData(path)).rejects.toMatchObject({ name: 'WireError', code: 'NO_NODE', path });
  expect((await session.exists(path)).value).toBeUndefined();
  const created = await session.create(path, { data: 'one' });
  expect(created.value).toMatchObject({ path, stat: { version: 0, dataLength: 3, ephemeralOwner: 0n } });
  expect(created.value.stat.czxid).toBe(created.zxid);
  await expect(session.create(path)).rejects.toMatchObject({ code: 'NODE_EXISTS' });
  await expect(session.create(`${path}/a/b`)).rejects.toMatchObject({ code: 'NO_NODE', path: `${path}/a/b` });
  await session.create(`${path}/child`);
  expect((await session.getChildren(path)).value).toMatchObject({
    names: ['child'],
    stat: { numChildren: 1 },
  });
  await expect(session.delete(path)).rejects.toMatchObject({ code: 'NOT_EMPTY' });
  const { value } = await session.getData(path);
  expect(value.data?.toString()).toBe('one');
  expect(value.stat).toEqual({ ...created.value.stat, cversion: 1, numChildren: 1, pzxid: value.stat.pzxid });
  expect((await session.setData(path, 'two', { version: 0 })).value).toMatchObject({ version: 1 });
  await expect(session.setData(path, 'three', { version: 0 })).rejects.toMatchObject({ code: 'BAD_VERSION' });
  await session.setData(path, Buffer.from('three'));
  await session.delete(`${path}/child`);
  await expect(session.delete(path, { version: 0 })).rejects.toMatchObject({ code: 'BAD_VERSION' });
  await session.delete(path, { version: 2 });
  expect((await session.exists(path)).value).toBeUndefined();
  await session.sync();
});

test('each answer carries its transaction and the times of request and answer, errors too', async () => {
  const path = freshPath();
  const beforeMs = performance.now();
  const first = await session.create(path);
  const second = await session.setData(path, 'x');
  expect(second.zxid).toBeGreaterThan(first.zxid);
  expect(first.sentAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(first.answeredAtMs).toBeGreaterThanOrEqual(first.sentAtMs);
  expect(second.answeredAtMs).toBeLessThanOrEqual(performance.now());
  const refused = await session.delete(path, { version: 7 }).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'BAD_VERSION', answer: { zxid: expect.any(BigInt) as unknown } });
  expect(session.credentials?.lastZxid).toBeGreaterThanOrEqual(second.zxid);
});

test('every kind of znode can be created', async () => {
  const path = freshPath();
  await session.create(path);
  const ephemeral = await session.create(`${path}/e`, { mode: 'ephemeral' });
  expect(ephemeral.value.stat.ephemeralOwner).toBe(session.credentials?.id);
  await expect(session.create(`${path}/e/x`)).rejects.toMatchObject({ code: 'NO_CHILDREN_FOR_EPHEMERALS' });
  for (const mode of ['persistent-sequential', 'ephemeral-sequential'] as const) {
    const { value } = await session.create(`${path}/s-`, { mode });
    expect(value.path).toMatch(/\/s-\d{10}$/);
  }
  await session.create(`${path}/t`, { mode: 'ttl', ttlMs: 100 });
  const { value } = await session.create(`${path}/t-`, { mode: 'ttl-sequential', ttlMs: 100 });
  expect(value.path).toMatch(/\/t-\d{10}$/);
  await session.create(`${path}/c`, { mode: 'container' });
  await session.create(`${path}/c/x`);
  await session.delete(`${path}/c/x`);
  // The servers take away what has outlived its time, and containers that are empty again.
  await waitFor(async () => {
    const { names } = (await session.getChildren(path)).value;
    return names.every((name) => name === 'e' || name.startsWith('s-'));
  });
});

test('access lists of any scheme are set on creation, read and replaced', async () => {
  const path = freshPath();
  const acl = [
    { permissions: PERMISSIONS.read, scheme: 'world', id: 'anyone' },
    { permissions: PERMISSIONS.all, scheme: 'ip', id: '127.0.0.1' },
  ];
  await session.create(path, { acl });
  expect((await session.getAcl(path)).value.acl).toEqual(acl);
  expect((await session.setAcl(path, acl.slice(0, 1), { version: 0 })).value.aversion).toBe(1);
  await expect(session.setData(path, '')).rejects.toMatchObject({ code: 'NO_AUTH', path });
  await expect(session.create(freshPath(), { acl: CREATOR_ACL })).rejects.toMatchObject({
    code: 'INVALID_ACL',
  });
});

test('several identities authenticate one session, given at the opening or added later', async () => {
  await using other = await Subject.connected({
    hosts: zooKeeper.connectString,
    auth: [{ scheme: 'digest', auth: 'ann:secret' }],
  });
  const path = freshPath();
  await other.session.create(path, { acl: CREATOR_ACL });
  await expect(session.getData(path)).rejects.toMatchObject({ code: 'NO_AUTH' });
  await other.session.addAuth({ scheme: 'digest', auth: Buffer.from('bob:secret') });
  const { value } = await other.session.whoAmI();
  expect(
    value
      .filter(({ scheme }) => scheme === 'digest')
      .map(({ user }) => user)
      .sort(),
  ).toEqual(['ann', 'bob']);
});

test('refused credentials end the session', async () => {
  const refused = new Subject({ hosts: zooKeeper.connectString, auth: [{ scheme: 'unknown', auth: 'x' }] });
  await refused.saw('authenticationFailed');
  expect(refused.told).toEqual(['authenticationFailed']);
  await expect(refused.session.sync()).rejects.toMatchObject({ code: 'AUTHENTICATION_FAILED' });
});

test('a multi applies all its steps or none, with results and errors by index', async () => {
  const path = freshPath();
  const { value } = await session.multi([
    { kind: 'create', path, data: 'a' },
    { kind: 'create', path: `${path}/s-`, mode: 'ephemeral-sequential' },
    { kind: 'setData', path, data: 'b', version: 0 },
    { kind: 'check', path, version: 1 },
    { kind: 'create', path: `${path}/gone` },
    { kind: 'delete', path: `${path}/gone` },
  ]);
  expect(value[0]).toMatchObject({ kind: 'create', path });
  expect(value[1].path).toBe(`${path}/s-0000000000`);
  expect(value[2].stat.version).toBe(1);
  expect(value.slice(3).map(({ kind }) => kind)).toEqual(['check', 'create', 'delete']);
  const failed = await session
    .multi([
      { kind: 'setData', path, data: 'c' },
      { kind: 'delete', path: `${path}/missing` },
      { kind: 'check', path },
    ])
    .catch((error: unknown) => error as MultiError);
  expect(failed).toBeInstanceOf(MultiError);
  expect(failed).toMatchObject({ code: 'NO_NODE', index: 1, path: `${path}/missing` });
  expect((failed as MultiError).errors.map(({ code }) => code)).toEqual([
    'ROLLED_BACK',
    'NO_NODE',
    'ROLLED_BACK',
  ]);
  expect((await session.getData(path)).value.data?.toString()).toBe('b');
});

test('a check is a transaction that changes nothing', async () => {
  const path = freshPath();
  const created = await session.create(path);
  const checked = await session.check([{ path, version: 0 }]);
  expect(checked.zxid).toBeGreaterThan(created.zxid);
  expect((await session.exists(path)).value).toEqual(created.value.stat);
  await expect(session.check([{ path, version: 3 }])).rejects.toMatchObject({
    code: 'BAD_VERSION',
    index: 0,
  });
});

test('a multi-read answers each read by itself', async () => {
  const path = freshPath();
  await session.create(path, { data: 'parent' });
  await session.create(`${path}/child`);
  const { value } = await session.multiRead([
    { kind: 'getData', path },
    { kind: 'getData', path: `${path}/missing` },
    { kind: 'getChildren', path },
  ]);
  expect(value[0].error).toBeUndefined();
  expect(value[0].kind === 'getData' && value[0].value.data?.toString()).toBe('parent');
  expect(value[1]).toMatchObject({ kind: 'error', error: { code: 'NO_NODE', path: `${path}/missing` } });
  expect(value[2]).toEqual({ kind: 'getChildren', names: ['child'] });
});

test('a long listing that has not changed has the names of before, and its own stat', async () => {
  const path = freshPath();
  await session.create(path);
  const names = Array.from({ length: 200 }, (_, index) => `name-${index}`);
  await Promise.all(names.map((name) => session.create(`${path}/${name}`)));
  const list = async () => (await session.getChildren(path)).value;
  const before = await list();
  const listed = [...before.names];
  expect(listed.toSorted()).toEqual(names.toSorted());
  // As callers without types might.
  (before.names as string[]).sort();
  await session.setData(path, 'changed');
  const again = await list();
  expect(again.names).toEqual(listed);
  expect(again.stat).toMatchObject({ version: 1, numChildren: 200 });
  await session.delete(`${path}/${names[0]!}`);
  await session.create(`${path}/other`);
  expect(new Set((await list()).names)).toEqual(new Set([...names.slice(1), 'other']));
});

test('prepared reads are made again and again, below a chroot too; each is answered by itself', async () => {
  const path = freshPath();
  await session.create(path, { data: 'parent' });
  await session.create(`${path}/child`, { data: '1' });
  await using below = await Subject.connected({ hosts: `${zooKeeper.connectString}${path}` });
  for (const [reader, prefix] of [
    [session, path],
    [below.session, ''],
  ] as const) {
    const paths = [`${prefix}/child`, `${prefix}/missing`];
    const reads = reader.prepareReads(paths);
    for (const data of ['2', '3']) {
      const written = await session.setData(`${path}/child`, data);
      await reader.sync();
      const { value, zxid } = await reads.read();
      expect(value).toMatchObject([
        { data: Buffer.from(data), stat: { mzxid: written.zxid } },
        { name: 'WireError', code: 'NO_NODE', path: paths[1], answer: { zxid } },
      ]);
    }
  }
  expect(() => session.prepareReads(['no/slash'])).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
  );
  expect((await session.prepareReads([]).read()).value).toEqual([]);
});

test('one-shot watches fire once, before an answer that shows the change', async () => {
  const path = freshPath();
  const seen: string[] = [];
  await using watcher = await Subject.connected({
    hosts: zooKeeper.connectString,
    events: { watch: ({ type, path: of }) => seen.push(`${type} ${of}`) },
  });
  await expect(watcher.session.getData(path, { watch: true })).rejects.toMatchObject({ code: 'NO_NODE' });
  await watcher.session.exists(path, { watch: true });
  await session.create(path);
  await watcher.session.sync();
  expect(seen).toEqual([`created ${path}`]);
  await watcher.session.getData(path, { watch: true });
  await watcher.session.getChildren(path, { watch: true });
  await session.setData(path, '1');
  await session.setData(path, '2');
  await session.create(`${path}/c`);
  await watcher.session.sync();
  expect(seen.slice(1)).toEqual([`changed ${path}`, `child ${path}`]);
  expect(watcher.session.watchCount).toBe(0);
});

test('watches of a subtree stay until they are removed', async () => {
  const path = freshPath();
  await session.create(path);
  await using watcher = await Subject.connected({ hosts: zooKeeper.connectString });
  await watcher.session.addWatch(path, 'persistent-recursive');
  await session.create(`${path}/a`);
  await session.create(`${path}/a/b`);
  await session.setData(`${path}/a/b`, '1');
  await session.setData(`${path}/a/b`, '2');
  await session.delete(`${path}/a/b`);
  await watcher.session.sync();
  expect(watcher.watches.map((event) => `${event.type} ${event.path.slice(path.length)}`)).toEqual([
    'created /a',
    'created /a/b',
    'changed /a/b',
    'changed /a/b',
    'deleted /a/b',
  ]);
  await watcher.session.removeWatches(path);
  await session.setData(path, 'unseen');
  await watcher.session.sync();
  expect(watcher.watches).toHaveLength(5);
  expect(watcher.session.watchCount).toBe(0);
  await expect(watcher.session.removeWatches(path)).rejects.toMatchObject({ code: 'NO_WATCHER' });
});

test('a persistent watch sees data and children of its znode', async () => {
  const path = freshPath();
  await session.create(path);
  await using watcher = await Subject.connected({ hosts: zooKeeper.connectString });
  await watcher.session.addWatch(path, 'persistent');
  await session.setData(path, '1');
  await session.create(`${path}/a`);
  await session.setData(`${path}/a`, 'unseen');
  await session.delete(`${path}/a`);
  await watcher.session.sync();
  expect(watcher.watches.map(({ type }) => type)).toEqual(['changed', 'child', 'child']);
});

test('counts, ephemerals and identities', async () => {
  const path = freshPath();
  await session.create(path);
  for (const name of ['a', 'b']) await session.create(`${path}/${name}`, { mode: 'ephemeral' });
  expect((await session.getAllChildrenNumber(path)).value).toBe(2);
  expect([...(await session.getEphemerals(path)).value].sort()).toEqual([`${path}/a`, `${path}/b`]);
  expect((await session.whoAmI()).value).toContainEqual({ scheme: 'ip', user: '127.0.0.1' });
});

test('below a chroot all paths begin anew', async () => {
  const root = freshPath();
  await session.create(root);
  await using rooted = await Subject.connected({ hosts: `${zooKeeper.connectString}${root}` });
  await rooted.session.addWatch('/', 'persistent-recursive');
  expect((await rooted.session.create('/a', { mode: 'ephemeral' })).value.path).toBe('/a');
  await rooted.session.multi([{ kind: 'create', path: '/b' }]);
  await rooted.session.sync();
  expect(rooted.watches).toEqual([
    { type: 'created', path: '/a' },
    { type: 'created', path: '/b' },
  ]);
  expect([...(await rooted.session.getChildren('/')).value.names].sort()).toEqual(['a', 'b']);
  expect((await rooted.session.getEphemerals()).value).toEqual(['/a']);
  expect((await session.exists(`${root}/a`)).value).toBeDefined();
  await expect(rooted.session.getData('/missing')).rejects.toMatchObject({ path: '/missing' });
});

test('a request that is too large fails alone', async () => {
  const path = freshPath();
  const results = await Promise.allSettled([
    session.create(path),
    session.setData(path, Buffer.alloc(1_100_000)),
    session.setData(path, 'small'),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { code: 'REQUEST_TOO_LARGE' } });
  expect(subject.told).toEqual(['connected']);
});

test.each(['', 'a', '/a/', '//', '/a/../b', '/a\u0000b'])('%j is refused before it is sent', async (path) => {
  await expect(session.getData(path)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path });
  await expect(session.create(path)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', path });
});

test('closing ends the session with its ephemeral znodes, behind what is under way', async () => {
  const path = freshPath();
  const closing = openSession({ hosts: zooKeeper.connectString });
  await closing.connected();
  await closing.create(path, { mode: 'ephemeral' });
  const underWay = Array.from({ length: 50 }, () => closing.getData(path));
  await Promise.all([closing.close(), closing.close()]);
  await expect(Promise.all(underWay)).resolves.toHaveLength(50);
  await expect(closing.getData(path)).rejects.toMatchObject({ code: 'CLOSED' });
  await waitFor(async () => (await session.exists(path)).value === undefined);
});

test('a session is closed in the midst of its opening too, and leaves none behind', async () => {
  for (let count = 0; count < 20; count++) {
    const closing = openSession({ hosts: zooKeeper.connectString });
    await new Promise((resolve) => setTimeout(resolve, count / 4));
    await closing.close();
    await expect(closing.connected()).rejects.toMatchObject({ code: 'CLOSED' });
  }
});
