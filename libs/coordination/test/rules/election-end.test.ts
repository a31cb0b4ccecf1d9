import { createClient, type TransportOptions } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import {
  electionPath,
  isCreation,
  sessionTimeoutMs,
  setUpElection,
  takePart,
} from '../fake/fake-election.js';

useFakeClock();

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

test('rule 11: what a transport says after its session expired is not taken for the next session', async () => {
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
