import { createClient, RegistrationConflictError, type Client } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import type { FakeRequest } from '../fake/fake-session.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const sessionTimeoutMs = 6_000;
const parent = '/sensors';
const path = `${parent}/s1`;
const isCreation = ({ operation, path: at }: FakeRequest) => operation === 'create' && at === path;

function setUp() {
  const zooKeeper = new FakeZooKeeper();
  zooKeeper.tree.create(parent, Buffer.alloc(0), 0n, false);
  const client = (): Client =>
    createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: zooKeeper.transport });
  const content = () => (zooKeeper.tree.has(path) ? zooKeeper.tree.get(path).data.toString() : undefined);
  const owner = () => (zooKeeper.tree.has(path) ? zooKeeper.tree.get(path).stat.ephemeralOwner : undefined);
  return { zooKeeper, client, content, owner };
}

/** Resolves with what the promise settles to, while time passes. */
async function outcome<T>(promise: Promise<T>, limitMs = 10_000): Promise<T> {
  let settled = false;
  promise.finally(() => (settled = true)).catch(() => {});
  await passUntil(() => settled, limitMs);
  return promise;
}

test('rule 16: a creation whose reply was lost is kept as the own znode, with the latest value', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply');
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'first' }));
  const { czxid } = zooKeeper.tree.get(path).stat;
  expect(zooKeeper.log.filter(({ operation }) => operation === 'delete')).toEqual([]);
  await outcome(registration.set('second'));
  expect(content()).toBe('second');
  expect(zooKeeper.tree.get(path).stat.czxid).toBe(czxid);
  await outcome(sensor.close());
});

test('rule 16: a creation whose reply was lost does not pass an older value off as the one set meanwhile', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'v1' }));
  zooKeeper.expire(sensor.sessionId!);
  await passUntil(() => zooKeeper.transports.length === 2);
  zooKeeper.transports[1]!.failNext(isCreation, 'drop-reply', 50);
  await passUntil(() => content() === 'v1');
  await outcome(registration.set('v2'));
  expect(content()).toBe('v2');
  await outcome(sensor.close());
});

test("rule 16: a remainder of this client's own earlier session is deleted and created anew", async () => {
  const { zooKeeper, client, owner } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'v' }));
  const earlier = sensor.sessionId!;
  zooKeeper.expire(earlier);
  // A server that lags behind still lists the znode of the dead session.
  zooKeeper.tree.create(path, Buffer.from('old'), earlier, false);
  await passUntil(() => owner() !== undefined && owner() !== earlier);
  expect(owner()).toBe(sensor.sessionId);
  await passUntil(() => registration.state === 'registered');
  await outcome(sensor.close());
});

test("rule 16: somebody else's znode is a typed conflict, neither adopted nor deleted", async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  zooKeeper.tree.create(path, Buffer.from('theirs'), 0xdeadn, false);
  const refused: unknown = await outcome(
    sensor.register(parent, { id: 's1', value: 'mine' }).catch((e: unknown) => e),
  );
  expect(refused).toBeInstanceOf(RegistrationConflictError);
  expect(refused).toMatchObject({ code: 'REGISTRATION_CONFLICT', path, owner: 0xdeadn });
  expect(content()).toBe('theirs');
  // The same id can be asked for again.
  zooKeeper.tree.delete(path);
  await outcome(sensor.register(parent, { id: 's1', value: 'mine' }));
  expect(content()).toBe('mine');
  await outcome(sensor.close());
});

test('rule 16: a remainder that gives way to a living znode while it is looked at costs that one nothing', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'v' }));
  const earlier = sensor.sessionId!;
  zooKeeper.expire(earlier);
  zooKeeper.tree.create(path, Buffer.from('old'), earlier, false);
  zooKeeper.tree.set(path, Buffer.from('old'), undefined);
  const looked = zooKeeper.log.length;
  await passUntil(() =>
    zooKeeper.log.slice(looked).some(({ operation, path: at }) => operation === 'get' && at === path),
  );
  zooKeeper.tree.delete(path);
  zooKeeper.tree.create(path, Buffer.from('theirs'), 0xdeadn, false);
  await passUntil(() => registration.state === 'conflict');
  await pass(5_000);
  expect(content()).toBe('theirs');
  await outcome(sensor.close());
});

test('rule 16: on request it waits for the other to leave, or takes over', async () => {
  const { zooKeeper, client, content, owner } = setUp();
  const [waiter, taker] = [client(), client()];
  zooKeeper.tree.create(path, Buffer.from('theirs'), 0xdeadn, false);
  const waiting = waiter.register(parent, { id: 's1', value: 'waited', onConflict: 'wait' });
  await pass(500);
  expect(content()).toBe('theirs');
  zooKeeper.tree.delete(path);
  const first = await outcome(waiting);
  expect(content()).toBe('waited');

  await outcome(taker.register(parent, { id: 's1', value: 'taken', onConflict: 'takeover' }));
  await pass(5_000);
  // The one it was taken from does not take it back, and says so.
  expect(owner()).toBe(taker.sessionId);
  expect(content()).toBe('taken');
  expect(first.state).toBe('conflict');
  await expect(first.set('again')).rejects.toMatchObject({ code: 'REGISTRATION_CONFLICT' });
  await outcome(taker.close());
  await passUntil(() => first.state === 'registered');
  expect(content()).toBe('again');
  await outcome(waiter.close());
});

test('rule 16: two that take over do not fight: the id stays with the last', async () => {
  const { client, owner } = setUp();
  const [former, latter] = [client(), client()];
  const options = { id: 's1', value: 'v', onConflict: 'takeover' } as const;
  const first = await outcome(former.register(parent, options));
  await outcome(latter.register(parent, options));
  await passUntil(() => first.state === 'conflict');
  for (let second = 0; second < 10; second++) {
    expect(owner()).toBe(latter.sessionId);
    await pass(1_000);
  }
  await Promise.all([outcome(former.close()), outcome(latter.close())]);
});

test('rule 17: after an expiry the znode is created again under its name, in the new session', async () => {
  const { zooKeeper, client, content, owner } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'v1' }));
  await outcome(registration.set('v2'));
  const earlier = sensor.sessionId!;
  zooKeeper.expire(earlier);
  expect(content()).toBeUndefined();
  await passUntil(() => content() === 'v2');
  expect(sensor.sessionId).not.toBe(earlier);
  expect(owner()).toBe(sensor.sessionId);
  await outcome(sensor.close());
});

test('rule 17: when the same session comes back after an outage the znode is verified, not created again', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  await outcome(sensor.register(parent, { id: 's1', value: 'v1' }));
  const { czxid } = zooKeeper.tree.get(path).stat;
  const session = [...zooKeeper.sessions.values()][0]!;
  zooKeeper.down = true;
  zooKeeper.transports[0]!.cut();
  // Servers that are away count no time: the session lives on, however long this client holds it for lost.
  for (let elapsed = 0; elapsed < 30_000; elapsed += 1_000) {
    session.lastHeardMs = performance.now();
    await pass(1_000);
  }
  expect(sensor.state).toBe('lost');
  zooKeeper.down = false;
  zooKeeper.transports[0]!.heal();
  await passUntil(() => sensor.state === 'connected');
  await pass(2_000);
  expect(sensor.sessionId).toBe(session.id);
  expect(zooKeeper.tree.get(path).stat.czxid).toBe(czxid);
  expect(zooKeeper.log.filter(isCreation)).toHaveLength(1);
  await outcome(sensor.close());
});

test('rule 17: a znode that was deleted during the outage is created again in the same session, whatever became of the watch', async () => {
  const { zooKeeper, client, content, owner } = setUp();
  const sensor = client();
  await outcome(sensor.register(parent, { id: 's1', value: 'v1' }));
  await pass(2_000);
  const { sessionId } = sensor;
  zooKeeper.transports[0]!.cut();
  zooKeeper.sessions.get(sessionId!)!.dataWatches.clear();
  zooKeeper.tree.delete(path);
  await pass(100);
  zooKeeper.transports[0]!.heal();
  await passUntil(() => content() === 'v1', 1_000);
  expect(owner()).toBe(sessionId);
  expect(sensor.sessionId).toBe(sessionId);
  await outcome(sensor.close());
});

test('rule 18: of the values set while suspended the latest is written on reconnection', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 0 }));
  zooKeeper.transports[0]!.cut();
  await pass(10);
  expect(sensor.state).toBe('suspended');
  const writes = [registration.set(1), registration.set(2), registration.set(3)];
  await pass(100);
  expect(content()).toBe('0');
  zooKeeper.transports[0]!.heal();
  await outcome(Promise.all(writes));
  expect(content()).toBe('3');
  expect(zooKeeper.log.filter(({ operation }) => operation === 'set')).toHaveLength(1);
  await outcome(sensor.close());
});

test('rule 18: of the values set while the session is lost the latest is the one created', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 0 }));
  zooKeeper.transports[0]!.cut();
  await pass(sessionTimeoutMs * 2);
  expect(content()).toBeUndefined();
  const write = registration.set(9);
  zooKeeper.transports[0]!.heal();
  await outcome(write);
  expect(content()).toBe('9');
  await outcome(sensor.close());
});

test('rule 18: a registration writes one value at a time, and of those set meanwhile the latest', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 0 }));
  const first = registration.set(1);
  const second = registration.set(2);
  const third = registration.set(3);
  let met = false;
  void third.then(() => (met = true));
  await passUntil(() => content() === '1');
  expect(met).toBe(false);
  await outcome(Promise.all([first, second, third]));
  expect(content()).toBe('3');
  expect(zooKeeper.log.filter(({ operation }) => operation === 'set')).toHaveLength(2);
  await outcome(sensor.close());
});

test('rule 13: a registration closed while its creation is under way leaves nothing behind', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  await passUntil(() => sensor.state === 'connected');
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply', 200);
  const abort = new AbortController();
  const registering = sensor
    .register(parent, { id: 's1', value: 'v', signal: abort.signal })
    .catch((e: unknown) => e);
  await passUntil(() => content() === 'v');
  abort.abort(new Error('enough'));
  expect(await outcome(registering)).toMatchObject({ message: 'enough' });
  await passUntil(() => content() === undefined);
  await outcome(sensor.close());
});

test('rule 14: the deletion of a closed registration is repeated until the znode is gone', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  const registration = await outcome(sensor.register(parent, { id: 's1', value: 'v' }));
  for (let failures = 0; failures < 3; failures++) {
    zooKeeper.transports[0]!.failNext(({ operation }) => operation === 'delete', 'drop-request', 50);
  }
  await outcome(registration.close());
  await passUntil(() => content() === undefined);
  expect(sensor.state).toBe('connected');
  expect(zooKeeper.sessions.size).toBe(1);
  await outcome(sensor.close());
});

test('a znode deleted by others is created again; one written over gets its value back', async () => {
  const { zooKeeper, client, content } = setUp();
  const sensor = client();
  await outcome(sensor.register(parent, { id: 's1', value: 'mine' }));
  await pass(2_000);
  zooKeeper.tree.delete(path);
  await passUntil(() => content() === 'mine');
  await pass(2_000);
  zooKeeper.tree.set(path, Buffer.from('theirs'), undefined);
  await passUntil(() => content() === 'mine');
  await outcome(sensor.close());
});

test('thousands of ids are written again after an expiry, a bounded number at a time', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  const ids = Array.from({ length: 2_000 }, (_, index) => `s${index}`);
  await outcome(Promise.all(ids.map((id) => sensor.register(parent, { id, value: id }))));
  await pass(2_000);
  zooKeeper.expire(sensor.sessionId!);
  expect(zooKeeper.tree.children(parent)).toEqual([]);
  await passUntil(() => zooKeeper.tree.children(parent).length === ids.length);
  expect(Math.max(...zooKeeper.transports.map((transport) => transport.mostInFlight))).toBeLessThanOrEqual(
    300,
  );
  for (const id of ids) expect(zooKeeper.tree.get(`${parent}/${id}`).data.toString()).toBe(id);
  await outcome(sensor.close());
});
