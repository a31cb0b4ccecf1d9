import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
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

test('rule 12: those who wait for a read or a write lock recreate a vanished parent and queue again, too', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const [holder, waiter] = [client(), client()];
  let held = 0;
  void holder
    .readWriteLock(electionPath, { id: 'a' })
    .write.acquire()
    .then(() => (held += 1));
  await passUntil(() => held === 1);
  const { read, write } = waiter.readWriteLock(electionPath, { id: 'b' });
  for (const side of [read, write]) {
    const waiting = side.acquire().then((lock) => {
      held += 1;
      return lock;
    });
    await passUntil(() => candidates().length === 2);
    await pass(10);
    for (const name of candidates()) zooKeeper.tree.delete(`${electionPath}/${name}`);
    zooKeeper.tree.delete(electionPath);
    const before = held;
    await passUntil(() => held > before, 2_000);
    const lock = await waiting;
    expect(candidates()).toHaveLength(1);
    if (side === write) break;
    await pass(10);
    void lock.release();
    await passUntil(() => candidates().length === 0);
    void holder.lock(electionPath, { id: 'c' }).acquire();
    await passUntil(() => candidates().length === 1);
  }
  await Promise.all([holder.close(), waiter.close()]);
});
