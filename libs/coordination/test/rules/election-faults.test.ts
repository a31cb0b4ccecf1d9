import { createClient, type Client } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper, type FakeRequest } from '../fake/fake-zookeeper.js';
import { reasonOf, TermRecorder } from '../support/terms.js';

useFakeClock();

const sessionTimeoutMs = 6_000;
const path = '/election';
const isCreation = ({ operation, path: at }: FakeRequest) =>
  operation === 'create' && at.includes('__lock__');

function setUp() {
  const zooKeeper = new FakeZooKeeper();
  zooKeeper.tree.create(path, Buffer.alloc(0), 0n, false);
  const client = (): Client =>
    createClient({ hosts: 'fake:1', sessionTimeoutMs, transport: zooKeeper.transport });
  const candidates = () => (zooKeeper.tree.has(path) ? zooKeeper.tree.children(path) : []);
  return { zooKeeper, client, candidates };
}

/** A candidate that takes part until the returned function is called. */
function takePart(client: Client, id: string, options: { onSuspended?: 'stop' | 'continue' } = {}) {
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const election = client.election(path, { id });
  const run = election.run(recorder.work, { signal: stop.signal, ...options });
  let settled = false;
  void run.finally(() => (settled = true)).catch(() => {});
  return {
    recorder,
    election,
    run,
    isSettled: () => settled,
    stop: async () => {
      stop.abort();
      await passUntil(() => settled);
      await run;
    },
    abort: () => {
      stop.abort();
    },
  };
}

test('rule 1: a candidate whose creation was applied but never acknowledged is found again, not created twice', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply');
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  expect(candidates()).toHaveLength(1);
  expect(zooKeeper.log.filter(isCreation)).toHaveLength(1);
  await stop();
  expect(candidates()).toEqual([]);
  await candidate.close();
});

test('rule 1: a candidate whose creation was lost on the way is created', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-request');
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  expect(candidates()).toHaveLength(1);
  await stop();
  await candidate.close();
});

test('rule 2: a znode with the own prefix that another session owns is discarded, deleted and never led with', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply', 50);
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => candidates().length === 1);
  const remainder = candidates()[0]!;
  zooKeeper.tree.tamper(`${path}/${remainder}`, { owner: 0xdeadn });
  await passUntil(() => recorder.terms.length === 1);
  expect(candidates()).toHaveLength(1);
  expect(candidates()).not.toContain(remainder);
  await stop();
  await candidate.close();
});

test('rule 3: first in the queue is no leader while the znode belongs to another session', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const waiting = candidates().sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1))[1]!;
  zooKeeper.tree.tamper(`${path}/${waiting}`, { owner: 0xdeadn });
  const foreignToken = zooKeeper.tree.get(`${path}/${waiting}`).stat.czxid;
  await first.stop();
  await passUntil(() => second.recorder.terms.length === 1);
  expect(second.recorder.last.token).toBeGreaterThan(foreignToken);
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 4: a term ends at once when the connection is suspended', async () => {
  const { zooKeeper, client } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  await pass(500);
  zooKeeper.transports[0]!.cut();
  await pass(1);
  expect(candidate.state).toBe('suspended');
  expect(reasonOf(recorder.terms[0]!)).toBe('suspended');
  expect(recorder.terms[0]!.remainingMs()).toBe(0);
  zooKeeper.transports[0]!.heal();
  await passUntil(() => recorder.terms.length === 2);
  expect(recorder.terms[1]!.token).toBeGreaterThan(recorder.terms[0]!.token);
  await stop();
  await candidate.close();
});

test('rule 4: going on while suspended is opt-in, and bounded by the lease', async () => {
  const { zooKeeper, client } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  await passUntil(() => recorder.terms.length === 1);
  await pass(1_500);
  zooKeeper.transports[0]!.cut();
  await pass(1_000);
  expect(candidate.state).toBe('suspended');
  expect(recorder.active).toHaveLength(1);
  zooKeeper.transports[0]!.heal();
  await pass(1_500);
  expect(candidate.state).toBe('connected');
  expect(recorder.active).toHaveLength(1);
  zooKeeper.transports[0]!.cut();
  await pass(sessionTimeoutMs * (2 / 3));
  expect(reasonOf(recorder.terms[0]!)).toBe('lease-expired');
  zooKeeper.transports[0]!.heal();
  await stop();
  await candidate.close();
});

test('rule 5: lost counts from the last contact, not from the moment of suspension', async () => {
  const { zooKeeper, client } = setUp();
  const candidate = client();
  await passUntil(() => candidate.state === 'connected');
  await pass(3_000);
  zooKeeper.transports[0]!.goDeaf();
  await pass(4_000);
  zooKeeper.transports[0]!.cut();
  await pass(1);
  expect(candidate.state).toBe('suspended');
  // 4 s of silence went before the suspension: less than 2 s of the 6 s are left.
  await pass(2_000);
  expect(candidate.state).toBe('lost');
  await candidate.close();
});

test('rule 6: a lease that lapses unheard, on a connection that looks healthy, ends the term before the servers end the session', async () => {
  const { zooKeeper, client } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  await passUntil(() => recorder.terms.length === 1);
  await pass(2_500);
  zooKeeper.transports[0]!.goDeaf();
  await passUntil(() => recorder.active.length === 0, sessionTimeoutMs);
  expect(candidate.state).toBe('connected');
  expect(reasonOf(recorder.last)).toBe('lease-expired');
  expect(zooKeeper.sessions.size).toBe(1);
  zooKeeper.transports[0]!.cut();
  zooKeeper.transports[0]!.heal();
  await stop();
  await candidate.close();
});

test('rule 7: confirm is a write, and refuses when the znode is gone', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const confirmed = recorder.last.confirm();
  await pass(10);
  expect((await confirmed).serverTimeMs).toBe(zooKeeper.tree.get(`${path}/${candidates()[0]!}`).stat.mtimeMs);
  expect(zooKeeper.log.at(-1)).toMatchObject({ operation: expect.stringMatching(/set|get/) as string });
  expect(zooKeeper.tree.get(`${path}/${candidates()[0]!}`).stat.version).toBe(1);

  const term = recorder.last;
  zooKeeper.tree.delete(`${path}/${candidates()[0]!}`);
  const refused = term.confirm().catch((error: unknown) => error);
  await pass(10);
  expect(await refused).toMatchObject({ code: 'TERM_ENDED', reason: 'node-deleted' });
  await stop();
  await candidate.close();
});

test('rule 7: confirm counts a write whose reply was lost, once the znode itself tells of it', async () => {
  const { zooKeeper, client } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  await passUntil(() => recorder.terms.length === 1);
  zooKeeper.transports[0]!.failNext(({ operation }) => operation === 'set', 'drop-reply', 20);
  let confirmed: unknown;
  void recorder.last.confirm().then((confirmation) => (confirmed = confirmation));
  await passUntil(() => confirmed !== undefined, 1_000);
  expect(recorder.active).toHaveLength(1);
  await stop();
  await candidate.close();
});

test('rule 9: a predecessor that vanishes between the listing and the watch leaves no watch behind', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  // The listing is answered, then the leader goes before the read of its znode arrives.
  const second = takePart(follower, 'b');
  const listings = () => zooKeeper.log.filter(({ operation }) => operation === 'children').length;
  await passUntil(() => candidates().length === 2);
  const before = listings();
  await passUntil(() => listings() > before);
  for (const name of candidates()) {
    const node = `${path}/${name}`;
    if (zooKeeper.tree.get(node).stat.ephemeralOwner === leader.sessionId) zooKeeper.tree.delete(node);
  }
  await passUntil(() => second.recorder.terms.length === 1);
  await first.stop();
  await second.stop();
  await pass(10);
  expect(zooKeeper.watchedPaths()).toEqual({ data: [], children: [] });
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 10: the order survives the wrap of the sequence number', async () => {
  const { zooKeeper, client, candidates } = setUp();
  zooKeeper.tree.tamper(path, { sequence: 2_147_483_646 });
  const clients = [client(), client(), client(), client()];
  const order: string[] = [];
  const parts = [];
  for (const [index, each] of clients.entries()) {
    const part = takePart(each, String(index));
    parts.push(part);
    await passUntil(() => candidates().length === index + 1);
  }
  expect(
    candidates()
      .map((name) => name.split('__lock__')[1])
      .sort(),
  ).toEqual(['-2147483647', '-2147483648', '2147483646', '2147483647']);
  for (const part of parts) {
    await passUntil(() => part.recorder.terms.length === 1);
    expect(parts.filter(({ recorder }) => recorder.active.length > 0)).toEqual([part]);
    order.push(part.election.id);
    await part.stop();
  }
  expect(order).toEqual(['0', '1', '2', '3']);
  await Promise.all(clients.map((each) => each.close()));
});

test('rule 12: when the parent vanishes, candidates recreate it and join again', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const formerTokens = [first.recorder.last.token];
  for (const name of candidates()) zooKeeper.tree.delete(`${path}/${name}`);
  zooKeeper.tree.delete(path);
  await passUntil(() => first.recorder.active.length === 0);
  await passUntil(() => first.recorder.active.length + second.recorder.active.length === 1);
  await passUntil(() => candidates().length === 2);
  const [active] = [...first.recorder.active, ...second.recorder.active];
  expect(active!.token).toBeGreaterThan(formerTokens[0]!);
  expect(reasonOf(first.recorder.terms[0]!)).toBe('node-deleted');
  await first.stop();
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 13: a run that is aborted while its znode is being created deletes the one that arrives late', async () => {
  const { client, candidates } = setUp();
  const candidate = client();
  await passUntil(() => candidate.state === 'connected');
  const { stop } = takePart(candidate, 'a');
  await passUntil(() => candidates().length === 1);
  // Created at the server; the reply is still on its way.
  await stop();
  await passUntil(() => candidates().length === 0);
  await candidate.close();
});

test('rule 13: also where the late creation was applied unacknowledged', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  await passUntil(() => candidate.state === 'connected');
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply', 300);
  const { stop } = takePart(candidate, 'a');
  await passUntil(() => candidates().length === 1);
  await stop();
  await passUntil(() => candidates().length === 0);
  expect(candidate.state).toBe('connected');
  await candidate.close();
});

test('rule 14: a deletion that fails is repeated until the znode is gone', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  for (let failures = 0; failures < 3; failures++) {
    zooKeeper.transports[0]!.failNext(({ operation }) => operation === 'delete', 'drop-request', 50);
  }
  await stop();
  await passUntil(() => candidates().length === 0);
  expect(zooKeeper.sessions.size).toBe(1);
  await candidate.close();
});

test('rule 15: a run is aborted while it waits, with and without a connection', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  await second.stop();
  expect(candidates()).toHaveLength(1);
  expect(second.recorder.terms).toEqual([]);

  zooKeeper.down = true;
  for (const transport of zooKeeper.transports) transport.cut();
  const third = takePart(follower, 'c');
  await pass(100);
  await third.stop();
  await first.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 15: at the end of a term the signal aborts, the work is awaited, then the znode is deleted, then the session closed', async () => {
  const { zooKeeper, client, candidates } = setUp();
  const candidate = client();
  const events: string[] = [];
  const run = candidate.election(path, { id: 'a' }).run(async (term) => {
    events.push('elected');
    await new Promise<void>((resolve) => {
      term.signal.addEventListener('abort', () => {
        events.push(`aborted, ${candidates().length} znode, ${zooKeeper.sessions.size} session`);
        setTimeout(resolve, 1_000);
      });
    });
    events.push(`work done, ${candidates().length} znode, ${zooKeeper.sessions.size} session`);
  });
  const failed = run.catch((error: unknown) => error);
  await passUntil(() => events.length === 1);
  const closing = candidate.close().then(() => events.push(`closed, ${zooKeeper.sessions.size} sessions`));
  await passUntil(() => events.length === 4);
  await closing;
  expect(events).toEqual([
    'elected',
    'aborted, 1 znode, 1 session',
    'work done, 1 znode, 1 session',
    'closed, 0 sessions',
  ]);
  const deleted = zooKeeper.log.findIndex(({ operation }) => operation === 'delete');
  expect(deleted).toBeGreaterThan(-1);
  expect(await failed).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('rule 15: work that does not end is waited for no longer than its grace', async () => {
  const { client, candidates } = setUp();
  const [stubborn, next] = [client(), client()];
  const stop = new AbortController();
  let begun = false;
  const run = stubborn.election(path, { id: 'a' }).run(
    () => {
      begun = true;
      return new Promise<void>(() => {});
    },
    { signal: stop.signal, workGraceMs: 2_000 },
  );
  await passUntil(() => begun);
  const second = takePart(next, 'b');
  await passUntil(() => candidates().length === 2);
  stop.abort();
  await pass(1_900);
  expect(second.recorder.terms).toEqual([]);
  await passUntil(() => second.recorder.terms.length === 1, 1_000);
  await run;
  await second.stop();
  await Promise.all([stubborn.close(), next.close()]);
});
