import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { createClient, type TransportOptions } from '../../src/index.js';
import {
  electionPath,
  isCreation,
  sessionTimeoutMs,
  setUpElection,
  takePart,
} from '../fake/fake-election.js';
import { RecordingMeter } from '../support/recording-meter.js';
import { reasonOf } from '../support/terms.js';

useFakeClock();

test('rule 1: a candidate whose creation was applied but never acknowledged is found again, not created twice', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
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
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-request');
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  expect(candidates()).toHaveLength(1);
  await stop();
  await candidate.close();
});

test('rule 1: the name of a candidate has 32 random digits before the sequence number', async () => {
  const { client, candidates } = setUpElection();
  const both = [client(), client()];
  const parts = both.map((each, index) => takePart(each, String(index)));
  await passUntil(() => candidates().length === 2);
  for (const name of candidates()) expect(name).toMatch(/^[0-9a-f]{32}__lock__\d{10}$/);
  expect(new Set(candidates().map((name) => name.slice(0, 32))).size).toBe(2);
  await Promise.all(parts.map(({ stop }) => stop()));
  await Promise.all(both.map((each) => each.close()));
});

test('rule 2: a znode with the own prefix that another session owns is discarded, deleted and never led with', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply', 50);
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => candidates().length === 1);
  const remainder = candidates()[0]!;
  zooKeeper.tree.tamper(`${electionPath}/${remainder}`, { owner: 0xdeadn });
  await passUntil(() => recorder.terms.length === 1);
  expect(candidates()).toHaveLength(1);
  expect(candidates()).not.toContain(remainder);
  await stop();
  await candidate.close();
});

test('rule 2: the place of another session is not waited in, either', async () => {
  const { zooKeeper, client, candidates, znodesOf } = setUpElection();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  zooKeeper.transports[1]!.failNext(isCreation, 'drop-reply', 50);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const [remainder] = znodesOf(follower);
  zooKeeper.tree.tamper(remainder!, { owner: 0xdeadn });
  await passUntil(() => znodesOf(follower).length === 1, 2_000);
  expect(zooKeeper.tree.has(remainder!)).toBe(false);
  expect(first.recorder.active).toHaveLength(1);
  await second.stop();
  await first.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 3: first in the queue is no leader while the znode belongs to another session', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const waiting = candidates().sort((a, b) => (a.slice(-10) < b.slice(-10) ? -1 : 1))[1]!;
  zooKeeper.tree.tamper(`${electionPath}/${waiting}`, { owner: 0xdeadn });
  const foreignToken = zooKeeper.tree.get(`${electionPath}/${waiting}`).stat.czxid;
  await first.stop();
  await passUntil(() => second.recorder.terms.length === 1);
  expect(second.recorder.last.token).toBeGreaterThan(foreignToken);
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 3: a candidate whose predecessor leaves waits for the one before that', async () => {
  const { client, candidates } = setUpElection();
  const clients = [client(), client(), client()];
  const parts = [];
  for (const [index, each] of clients.entries()) {
    parts.push(takePart(each, String(index)));
    await passUntil(() => candidates().length === index + 1);
  }
  const [leader, middle, last] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
  await passUntil(() => leader.recorder.terms.length === 1);
  await middle.stop();
  await pass(sessionTimeoutMs);
  expect(last.recorder.terms).toEqual([]);
  expect(leader.recorder.active).toHaveLength(1);
  await leader.stop();
  await passUntil(() => last.recorder.active.length === 1);
  await last.stop();
  await Promise.all(clients.map((each) => each.close()));
});

test('rule 3: after a reconnection the order is computed anew, whatever became of the watch', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  await pass(100);
  zooKeeper.transports[1]!.cut();
  zooKeeper.sessions.get(follower.sessionId!)!.dataWatches.clear();
  await first.stop();
  await pass(100);
  zooKeeper.transports[1]!.heal();
  await passUntil(() => second.recorder.active.length === 1, 1_000);
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 9: a predecessor that vanishes between the listing and the watch leaves no watch behind', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const meter = new RecordingMeter();
  const [leader, follower] = [client(), client(meter)];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  // The listing is answered, then the leader goes before the read of its znode arrives.
  const second = takePart(follower, 'b');
  const listings = () => zooKeeper.log.filter(({ operation }) => operation === 'children').length;
  await passUntil(() => candidates().length === 2);
  const before = listings();
  await passUntil(() => listings() > before);
  for (const name of candidates()) {
    const node = `${electionPath}/${name}`;
    if (zooKeeper.tree.get(node).stat.ephemeralOwner === leader.sessionId) zooKeeper.tree.delete(node);
  }
  await passUntil(() => second.recorder.terms.length === 1);
  await first.stop();
  await second.stop();
  await pass(10);
  expect(meter.latest('watchesPending')).toBe(0);
  expect(zooKeeper.watchedPaths()).toEqual({ data: [], children: [] });
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 9: a wait that is over, elected or given up, leaves no listener behind', async () => {
  const { client, candidates } = setUpElection();
  const meter = new RecordingMeter();
  const [leader, follower] = [client(), client(meter)];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  for (let round = 0; round < 3; round++) {
    const waiting = takePart(follower, 'b');
    await passUntil(() => candidates().length === 2);
    await passUntil(() => meter.latest('watchesPending') === 1);
    await waiting.stop();
    expect(meter.latest('watchesPending')).toBe(0);
  }
  const waiting = takePart(follower, 'b');
  await passUntil(() => meter.latest('watchesPending') === 1);
  await first.stop();
  await passUntil(() => waiting.recorder.active.length === 1);
  await pass(10);
  expect(meter.latest('watchesPending')).toBe(1);
  await waiting.stop();
  await pass(10);
  expect(meter.latest('watchesPending')).toBe(0);
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 10: the order survives the wrap of the sequence number', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  zooKeeper.tree.tamper(electionPath, { sequence: 2_147_483_646 });
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

test('rule 11: a candidate that queues again does so when its last znode is gone, never with two', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  let most = 0;
  const { election, recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  for (let round = 1; round <= 3; round++) {
    await passUntil(() => recorder.terms.length === round);
    zooKeeper.transports[0]!.failNext(({ operation }) => operation === 'delete', 'drop-request', 50);
    void election.resign();
    await passUntil(() => {
      most = Math.max(most, candidates().length);
      return recorder.terms.length === round + 1;
    });
  }
  expect(most).toBe(1);
  await stop();
  await candidate.close();
});

test('rule 11: an election object takes part once at a time', async () => {
  const { client, candidates } = setUpElection();
  const candidate = client();
  const { election, recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  await expect(election.run(() => {})).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  expect(candidates()).toHaveLength(1);
  await stop();
  await candidate.close();
});

test('rule 11: what a transport tells after its session expired is not taken for the next session', async () => {
  const opened: TransportOptions[] = [];
  const { zooKeeper } = setUpElection();
  const candidate = createClient({
    hosts: 'fake:1',
    sessionTimeoutMs,
    transport: (options) => {
      opened.push(options);
      return zooKeeper.transport(options);
    },
  });
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  zooKeeper.expire(candidate.sessionId!);
  await passUntil(() => recorder.terms.length === 2);
  const { sessionId } = candidate;
  const late = opened[0]!.events;
  late.disconnected();
  late.expired();
  late.connected({ id: 1n, timeoutMs: 1 });
  await pass(2 * sessionTimeoutMs);
  expect(candidate.state).toBe('connected');
  expect(candidate.sessionId).toBe(sessionId);
  expect(opened).toHaveLength(2);
  expect(recorder.terms).toHaveLength(2);
  await stop();
  await candidate.close();
});

test('rule 12: when the parent vanishes, candidates recreate it and join again', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  const formerTokens = [first.recorder.last.token];
  for (const name of candidates()) zooKeeper.tree.delete(`${electionPath}/${name}`);
  zooKeeper.tree.delete(electionPath);
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

test('rule 12: a waiting candidate whose znode is gone queues again', async () => {
  const { zooKeeper, client, candidates, znodesOf } = setUpElection();
  const [leader, follower] = [client(), client()];
  const first = takePart(leader, 'a');
  await passUntil(() => first.recorder.terms.length === 1);
  const second = takePart(follower, 'b');
  await passUntil(() => candidates().length === 2);
  await pass(100);
  zooKeeper.tree.delete(znodesOf(follower)[0]!);
  await first.stop();
  await passUntil(() => second.recorder.active.length === 1, 2_000);
  await second.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 13: a run that is aborted while its znode is being created deletes the one that arrives late', async () => {
  const { client, candidates } = setUpElection();
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
  const { zooKeeper, client, candidates } = setUpElection();
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

test('rule 13: a creation that was lost is not repeated after the end of the run', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  await passUntil(() => candidate.state === 'connected');
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-request', 300);
  const { stop } = takePart(candidate, 'a');
  await passUntil(() => candidate.state === 'suspended');
  await stop();
  await pass(2_000);
  expect(candidate.state).toBe('connected');
  expect(zooKeeper.log.filter(isCreation)).toEqual([]);
  expect(candidates()).toEqual([]);
  await candidate.close();
});

test('rule 14: a deletion that fails is repeated until the znode is gone', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
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
  const { zooKeeper, client, candidates } = setUpElection();
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
  await passUntil(() => follower.state === 'suspended');
  const third = takePart(follower, 'c');
  await pass(100);
  await third.stop();
  await first.stop();
  await Promise.all([leader.close(), follower.close()]);
});

test('rule 15: at the end of a term the signal aborts, the work is awaited, then the znode is deleted, then the session closed', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  const events: string[] = [];
  const run = candidate.election(electionPath, { id: 'a' }).run(async (term) => {
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
  const { client, candidates } = setUpElection();
  const [stubborn, next] = [client(), client()];
  const stop = new AbortController();
  let begun = false;
  const run = stubborn.election(electionPath, { id: 'a' }).run(
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
