import { jest } from '@jest/globals';
import { createClient, decimalCodec, type Client, type Group, type GroupChange } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const sessionTimeoutMs = 6_000;
const parent = '/sensors';

function setUp(isCapable: boolean) {
  const zooKeeper = new FakeZooKeeper({ isCapable });
  zooKeeper.tree.create(parent, Buffer.alloc(0), 0n, false);
  const client: Client = createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: zooKeeper.transport });
  const put = (id: string, text: string) => {
    const path = `${parent}/${id}`;
    if (zooKeeper.tree.has(path)) zooKeeper.tree.set(path, Buffer.from(text), undefined);
    else zooKeeper.tree.create(path, Buffer.from(text), 0n, false);
  };
  const open = async () => {
    let group: Group<number> | undefined;
    void client.group(parent, { codec: decimalCodec }).then((opened) => (group = opened));
    await passUntil(() => group !== undefined);
    return group!;
  };
  return { zooKeeper, client, put, open };
}

function record(group: Group<number>): string[] {
  const told: string[] = [];
  const describe = (change: GroupChange<number>) =>
    change.type === 'left' ? `left ${change.id}` : `${change.type} ${change.id}=${change.member.value}`;
  void (async () => {
    for await (const change of group.changes()) told.push(describe(change));
  })();
  return told;
}

const values = (group: Group<number>) =>
  Object.fromEntries([...group.snapshot().members].map(([id, { value }]) => [id, value]));

describe.each([
  { name: 'a watch on each child', isCapable: false },
  { name: 'one persistent watch', isCapable: true },
])('with $name', ({ isCapable }) => {
  test('a group is complete when it opens, and reports what joins, changes and leaves, in order', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    put('a', '1');
    put('b', '2');
    put('bad', 'not a number');
    const group = await open();
    expect(values(group)).toEqual({ a: 1, b: 2 });
    expect([...group.snapshot().invalid.keys()]).toEqual(['bad']);
    const told = record(group);
    put('c', '3');
    await pass(20);
    put('a', '10');
    await pass(20);
    zooKeeper.tree.delete(`${parent}/b`);
    await pass(20);
    put('bad', '4');
    await pass(20);
    expect(told).toEqual(['joined c=3', 'updated a=10', 'left b', 'joined bad=4']);
    expect(values(group)).toEqual({ a: 10, c: 3, bad: 4 });
    await client.close();
  });

  test('rule 19: after a reconnection everything is read again and the difference reported', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    put('stays', '1');
    put('changes', '1');
    put('leaves', '1');
    const group = await open();
    const told = record(group);
    zooKeeper.transports[0]!.cut();
    await pass(10);
    put('changes', '2');
    put('joins', '3');
    zooKeeper.tree.delete(`${parent}/leaves`);
    await pass(100);
    expect(told).toEqual([]);
    zooKeeper.transports[0]!.heal();
    await passUntil(() => !group.snapshot().stale);
    expect([...told].sort()).toEqual(['joined joins=3', 'left leaves', 'updated changes=2']);
    expect(values(group)).toEqual({ stays: 1, changes: 2, joins: 3 });
    await client.close();
  });

  test('rule 19: the same in a new session, after an expiry', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    put('a', '1');
    const group = await open();
    const told = record(group);
    zooKeeper.expire(client.sessionId!);
    put('a', '2');
    put('b', '1');
    await passUntil(() => told.length === 2);
    expect([...told].sort()).toEqual(['joined b=1', 'updated a=2']);
    put('b', '2');
    await passUntil(() => told.length === 3);
    expect(told[2]).toBe('updated b=2');
    await client.close();
  });

  test('rule 19: a child that dies between the listing and its read does not hold up the opening', async () => {
    const { zooKeeper, client, put } = setUp(isCapable);
    put('lives', '1');
    put('dies', '1');
    let group: Group<number> | undefined;
    void client.group(parent, { codec: decimalCodec }).then((opened) => (group = opened));
    await passUntil(() => zooKeeper.log.some(({ operation }) => operation === 'children'));
    zooKeeper.tree.delete(`${parent}/dies`);
    await passUntil(() => group !== undefined, 1_000);
    expect(values(group!)).toEqual({ lives: 1 });
    await client.close();
  });

  test('a value that changes while the children are listed is read once, and then the group rests', async () => {
    const { client, put, open } = setUp(isCapable);
    put('a', '1');
    const group = await open();
    // A loop of promises alone would never come back to this test: it ends with the group once it waits this often.
    const waits = jest.spyOn(AbortSignal.prototype, 'addEventListener');
    waits.mockImplementation(function (
      this: AbortSignal,
      ...args: Parameters<AbortSignal['addEventListener']>
    ) {
      if (waits.mock.calls.length > 1_000) throw new Error('The group waits again and again');
      EventTarget.prototype.addEventListener.apply(this, args);
    });
    put('b', '1');
    // The listing is on its way to the server, one millisecond away, which sends this change before it answers.
    await pass(1);
    put('a', '2');
    await pass(100);
    expect(values(group)).toEqual({ a: 2, b: 1 });
    expect(group.snapshot().stale).toBe(false);
    put('a', '3');
    await pass(100);
    expect(values(group)).toEqual({ a: 3, b: 1 });
    waits.mockRestore();
    await client.close();
  });

  test('a server that fails at a read does not end the group', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    put('a', '1');
    const group = await open();
    zooKeeper.transports[0]!.failNext(({ operation }) => operation.startsWith('get'), 'refuse');
    put('a', '2');
    await passUntil(() => values(group).a === 2);
    expect(group.snapshot().stale).toBe(false);
    zooKeeper.transports[0]!.failNext(({ operation }) => operation === 'children', 'refuse');
    put('b', '1');
    await passUntil(() => values(group).b === 1);
    await client.close();
  });

  test('rule 20: while cut off the last known values stay readable, marked stale, with the time they were true', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    put('a', '1');
    const group = await open();
    await pass(3_000);
    const fresh = group.snapshot();
    expect(fresh.stale).toBe(false);
    expect(Date.now() - fresh.asOf).toBeLessThanOrEqual(sessionTimeoutMs / 3);
    // What was true at the last answer need not have been so any more at the cut.
    await passUntil(() => Date.now() - group.snapshot().asOf >= 300);
    const { asOf } = group.snapshot();
    zooKeeper.transports[0]!.cut();
    await pass(5);
    put('a', '2');
    const cutAt = Date.now();
    await pass(4_000);
    const stale = group.snapshot();
    expect(stale.stale).toBe(true);
    expect(stale.asOf).toBe(asOf);
    expect(cutAt - stale.asOf).toBeLessThanOrEqual(sessionTimeoutMs / 3);
    expect(values(group)).toEqual({ a: 1 });
    zooKeeper.transports[0]!.heal();
    await passUntil(() => !group.snapshot().stale);
    expect(group.snapshot().asOf).toBeGreaterThan(cutAt);
    expect(values(group)).toEqual({ a: 2 });
    await client.close();
  });

  test('rule 20: a read that is answered in the moment of an interruption does not make the group fresh', async () => {
    const { zooKeeper, put } = setUp(isCapable);
    put('a', '1');
    let armed = false;
    const client = createClient({
      hosts: 'fake:1',
      sessionTimeoutMs,
      transport: (options) => {
        const { events } = options;
        return zooKeeper.transport({
          ...options,
          events: {
            ...events,
            // Sent right before the answer: the native client hands both on in one turn of the event loop.
            contact: (contact) => {
              events.contact(contact);
              if (!armed || zooKeeper.log.at(-1)?.path !== `${parent}/a`) return;
              armed = false;
              events.disconnected();
            },
          },
        });
      },
    });
    let group: Group<number> | undefined;
    void client.group(parent, { codec: decimalCodec }).then((opened) => (group = opened));
    await passUntil(() => group !== undefined);
    armed = true;
    put('a', '2');
    await passUntil(() => client.state === 'suspended', 1_000);
    await pass(50);
    expect(group!.snapshot().stale).toBe(true);
    zooKeeper.transports[0]!.cut();
    zooKeeper.transports[0]!.heal();
    await passUntil(() => !group!.snapshot().stale);
    expect(values(group!)).toEqual({ a: 2 });
    await client.close();
  });

  test('a closed group watches nothing and ends its changes', async () => {
    const { client, put, open } = setUp(isCapable);
    put('a', '1');
    const group = await open();
    const changes = group.changes();
    const next = changes.next();
    await group.close();
    expect(await next).toEqual({ done: true, value: undefined });
    await client.close();
  });

  test('rule 19: whatever is written and cut in between, the group equals ZooKeeper in the end', async () => {
    const { zooKeeper, client, put, open } = setUp(isCapable);
    const group = await open();
    let state = 12_345;
    const random = (below: number) =>
      (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) % below;
    for (let step = 0; step < 400; step++) {
      const id = `s${random(12)}`;
      const action = random(10);
      if (action < 6) put(id, String(step));
      else if (action < 8 && zooKeeper.tree.has(`${parent}/${id}`)) zooKeeper.tree.delete(`${parent}/${id}`);
      else if (action === 8) {
        zooKeeper.transports.at(-1)!.cut();
        zooKeeper.transports.at(-1)!.heal();
      } else await pass(random(8));
    }
    await pass(500);
    const wanted = Object.fromEntries(
      zooKeeper.tree
        .children(parent)
        .map((id) => [id, Number(zooKeeper.tree.get(`${parent}/${id}`).data.toString())]),
    );
    expect(values(group)).toEqual(wanted);
    expect(group.snapshot().stale).toBe(false);
    expect(zooKeeper.watchedPaths().data.length).toBeLessThanOrEqual(Object.keys(wanted).length);
    await client.close();
  });
});
