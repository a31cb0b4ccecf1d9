import { createClient, type Client, type Registration } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import type { FakeRequest } from '../fake/fake-session.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const parent = '/sensors';
const ids = Array.from({ length: 10 }, (_, index) => `s${index}`);
const isMulti = ({ operation }: FakeRequest) => operation === 'multi';

function setUp() {
  const zooKeeper = new FakeZooKeeper({ isCapable: true });
  zooKeeper.tree.create(parent, Buffer.alloc(0), 0n, false);
  const client = createClient({ hosts: 'fake:1', sessionTimeoutMs: 6_000, transport: zooKeeper.transport });
  const content = (id: string) =>
    zooKeeper.tree.has(`${parent}/${id}`) ? zooKeeper.tree.get(`${parent}/${id}`).data.toString() : undefined;
  const count = (operation: string) => zooKeeper.log.filter((each) => each.operation === operation).length;
  return { zooKeeper, client, content, count };
}

async function settled<T>(promises: readonly Promise<T>[]): Promise<PromiseSettledResult<T>[]> {
  let outcomes: PromiseSettledResult<T>[] | undefined;
  void Promise.allSettled(promises).then((each) => (outcomes = each));
  await passUntil(() => outcomes !== undefined);
  return outcomes!;
}

function registerAll(client: Client, value: string): Promise<Registration<string>>[] {
  return ids.map((id) => client.register(parent, { id, value }));
}

async function registered(client: Client, value = 'first'): Promise<Registration<string>[]> {
  const outcomes = await settled(registerAll(client, value));
  // Their watches are set with the next sweep.
  await pass(2_000);
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<Registration<string>>).value);
}

async function closed(client: Client): Promise<void> {
  await settled([client.close()]);
}

test('registrations of one client are created, and written, by transactions', async () => {
  const { client, content, count } = setUp();
  const registrations = await registered(client);
  expect([count('multi'), count('create')]).toEqual([1, 0]);
  await settled(registrations.map((registration) => registration.set('second')));
  expect([count('multi'), count('set')]).toEqual([2, 0]);
  expect(ids.map(content)).toEqual(ids.map(() => 'second'));
  await closed(client);
});

test('an own write is not looked at again: the watch that stays is set once, and what it tells of own writes is known', async () => {
  const { client, content, count } = setUp();
  const registrations = await registered(client);
  for (let round = 0; round < 12; round++) {
    await settled(registrations.map((registration) => registration.set(String(round))));
  }
  await pass(2_000);
  expect(count('addWatch')).toBe(ids.length);
  const reads = [count('get'), count('getMany')];
  for (let round = 12; round < 16; round++) {
    await settled(registrations.map((registration) => registration.set(String(round))));
    await pass(2_000);
  }
  expect([count('get'), count('getMany')]).toEqual(reads);
  expect(ids.map(content)).toEqual(ids.map(() => '15'));
  await closed(client);
});

test('rule 16: one id that somebody else holds is refused, and costs the others of its transaction nothing', async () => {
  const { zooKeeper, client, content } = setUp();
  zooKeeper.tree.create(`${parent}/s4`, Buffer.from('theirs'), 0xdeadn, false);
  const outcomes = await settled(registerAll(client, 'mine'));
  expect(outcomes.map(({ status }) => status)).toEqual(
    ids.map((id) => (id === 's4' ? 'rejected' : 'fulfilled')),
  );
  expect(outcomes[4]).toMatchObject({ reason: { code: 'REGISTRATION_CONFLICT', owner: 0xdeadn } });
  expect(ids.map(content)).toEqual(ids.map((id) => (id === 's4' ? 'theirs' : 'mine')));
  await closed(client);
});

test.each(['drop-request', 'drop-reply'] as const)(
  'rule 16: of a creation of many with %s each is there once, of the own session, with the latest value',
  async (fault) => {
    const { zooKeeper, client, content } = setUp();
    zooKeeper.transports[0]!.failNext(isMulti, fault, 50);
    const registrations = await registered(client);
    await settled(registrations.map((registration) => registration.set('second')));
    expect(ids.map(content)).toEqual(ids.map(() => 'second'));
    for (const id of ids) {
      expect(zooKeeper.tree.get(`${parent}/${id}`).stat.ephemeralOwner).toBe(client.sessionId);
    }
    await closed(client);
  },
);

test.each(['drop-request', 'drop-reply'] as const)(
  'rule 18: of writes of many with %s the latest values arrive',
  async (fault) => {
    const { zooKeeper, client, content } = setUp();
    const registrations = await registered(client);
    zooKeeper.transports[0]!.failNext(isMulti, fault, 50);
    await settled(registrations.map((registration) => registration.set('second')));
    expect(ids.map(content)).toEqual(ids.map(() => 'second'));
    await closed(client);
  },
);

test('rule 24: one znode that was taken over is not written into, and the others of its transaction are', async () => {
  const { zooKeeper, client, content } = setUp();
  const registrations = await registered(client);
  zooKeeper.tree.delete(`${parent}/s7`);
  zooKeeper.tree.create(`${parent}/s7`, Buffer.from('theirs'), 0xdeadn, false);
  const outcomes = await settled(registrations.map((registration) => registration.set('second')));
  expect(outcomes[7]).toMatchObject({ status: 'rejected', reason: { code: 'REGISTRATION_CONFLICT' } });
  expect(ids.map(content)).toEqual(ids.map((id) => (id === 's7' ? 'theirs' : 'second')));
  // As soon as they leave it is taken up again.
  zooKeeper.tree.delete(`${parent}/s7`);
  await passUntil(() => content('s7') === 'second');
  await closed(client);
});

test('a write of somebody else is noticed right before, during and after an own write, and the own value goes in again', async () => {
  const { zooKeeper, client, content } = setUp();
  const registrations = await registered(client);
  for (let round = 0; round < 12; round++) {
    await settled(registrations.map((registration) => registration.set(`before ${round}`)));
  }
  for (const delayMs of [0, 1, 2, 3, 4]) {
    const written = settled(registrations.map((registration) => registration.set(`own ${delayMs}`)));
    setTimeout(() => {
      zooKeeper.tree.set(`${parent}/s3`, Buffer.from('theirs'), undefined);
    }, delayMs);
    await written;
    await passUntil(() => content('s3') === `own ${delayMs}`);
    await pass(3_000);
    expect(ids.map(content)).toEqual(ids.map(() => `own ${delayMs}`));
  }
  await closed(client);
});

test('znodes deleted by others are created again; after an expiry all are', async () => {
  const { zooKeeper, client, content } = setUp();
  await registered(client);
  zooKeeper.tree.delete(`${parent}/s1`);
  zooKeeper.tree.delete(`${parent}/s2`);
  await passUntil(() => content('s1') === 'first' && content('s2') === 'first');
  await pass(2_000);
  zooKeeper.tree.delete(`${parent}/s1`);
  await passUntil(() => content('s1') === 'first');
  zooKeeper.expire(client.sessionId!);
  await passUntil(() => ids.every((id) => content(id) === 'first'));
  await closed(client);
});

test('a value that does not fit a transaction of many is written by itself', async () => {
  const { client, content, count } = setUp();
  const large = 'x'.repeat(300_000);
  const outcomes = await settled([
    client.register(parent, { id: 's0', value: large }),
    client.register(parent, { id: 's1', value: 'small' }),
    client.register(parent, { id: 's2', value: 'small' }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect([count('create'), count('multi')]).toEqual([1, 1]);
  expect(content('s0')).toBe(large);
  await closed(client);
});
