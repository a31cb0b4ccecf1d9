import { jest } from '@jest/globals';
import { createClient } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { electionPath, sessionTimeoutMs, setUpElection, takePart } from '../fake/fake-election.js';
import { RecordingMeter } from '../support/recording-meter.js';
import { reasonOf } from '../support/terms.js';

useFakeClock();

test('rule 4: a term ends at once when the connection is suspended', async () => {
  const { zooKeeper, client } = setUpElection();
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

test('rule 4: a grant that arrives together with the suspension is not acted on', async () => {
  const { zooKeeper, candidates } = setUpElection();
  let armed = true;
  const candidate = createClient({
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
            const claimed = candidates().length === 1 && zooKeeper.log.at(-1)?.operation === 'get';
            if (!armed || !claimed) return;
            armed = false;
            events.disconnected();
          },
        },
      });
    },
  });
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => candidate.state === 'suspended');
  await pass(500);
  expect(recorder.terms).toEqual([]);
  zooKeeper.transports[0]!.cut();
  zooKeeper.transports[0]!.heal();
  await passUntil(() => recorder.active.length === 1);
  await stop();
  await candidate.close();
});

test('rule 4: a term that went on during an interruption ends when its znode turns out to be gone', async () => {
  const { zooKeeper, client, znodesOf } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  await passUntil(() => recorder.terms.length === 1);
  await pass(100);
  zooKeeper.transports[0]!.cut();
  zooKeeper.sessions.get(candidate.sessionId!)!.dataWatches.clear();
  zooKeeper.tree.delete(znodesOf(candidate)[0]!);
  await pass(100);
  expect(recorder.active).toHaveLength(1);
  zooKeeper.transports[0]!.heal();
  await passUntil(() => recorder.terms.length === 2, 1_000);
  expect(reasonOf(recorder.terms[0]!)).toBe('node-deleted');
  await stop();
  await candidate.close();
});

test('rule 4: going on while suspended is opt-in, and bounded by the lease', async () => {
  const { zooKeeper, client } = setUpElection();
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
  const { zooKeeper, client } = setUpElection();
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

test('rule 5: lost counts from the sending of the operation, whatever the wall clock does', async () => {
  const latencyMs = 400;
  const { zooKeeper, client } = setUpElection({ latencyMs: () => latencyMs });
  const candidate = client();
  await passUntil(() => candidate.state === 'connected');
  await pass(10);
  const sentAtMs = performance.now();
  const read = candidate.exists('/');
  await pass(2 * latencyMs);
  await read;
  jest.setSystemTime(Date.now() + 3_600_000);
  zooKeeper.transports[0]!.cut();
  await pass(sentAtMs + sessionTimeoutMs - performance.now() - 10);
  expect(candidate.state).toBe('suspended');
  await pass(20);
  expect(candidate.state).toBe('lost');
  await candidate.close();
});

test('rule 6: a lease that lapses unheard, on a connection that looks healthy, ends the term before the servers end the session', async () => {
  const { zooKeeper, client } = setUpElection();
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

test('rule 6: the lease of a new term counts from the sending of the request that a quorum acknowledged, before the claim was read', async () => {
  const latencyMs = 200;
  const { zooKeeper, client } = setUpElection({ latencyMs: () => latencyMs });
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const asked = zooKeeper.log.map(({ operation }) => operation).filter((operation) => operation !== 'exists');
  expect(asked.slice(-2)).toEqual(['throughQuorum', 'get']);
  // Two round trips went by since.
  const granted = (2 / 3) * sessionTimeoutMs - 4 * latencyMs;
  expect(recorder.last.remainingMs()).toBeGreaterThan(granted - 10);
  expect(recorder.last.remainingMs()).toBeLessThanOrEqual(granted);
  await stop();
  await candidate.close();
});

test('rule 21: answers of one server, be it the leader, renew no lease', async () => {
  const { zooKeeper, client } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const transport = zooKeeper.transports[0]!;
  const throughQuorum = transport.throughQuorum.bind(transport);
  transport.throughQuorum = () => new Promise(() => {});
  for (let elapsed = 0; elapsed < sessionTimeoutMs && recorder.active.length > 0; elapsed += 100) {
    const read = candidate.exists('/');
    const reached = transport.sync();
    await pass(100);
    await Promise.all([read, reached]);
  }
  expect(candidate.state).toBe('connected');
  expect(reasonOf(recorder.last)).toBe('lease-expired');
  transport.throughQuorum = throughQuorum;
  await stop();
  await candidate.close();
});

test('rule 21: a leader without anything to send keeps its term by heartbeats that a quorum acknowledges', async () => {
  const { zooKeeper, client } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const before = zooKeeper.log.length;
  await pass(5 * sessionTimeoutMs);
  expect(recorder.active).toHaveLength(1);
  const beats = zooKeeper.log.slice(before).map(({ operation }) => operation);
  expect(beats.filter((operation) => operation === 'throughQuorum').length).toBeGreaterThanOrEqual(5 * 3);
  await stop();
  const idle = zooKeeper.log.length;
  await pass(5 * sessionTimeoutMs);
  // Without a lease to keep, any server's answer will do.
  expect(zooKeeper.log.slice(idle).map(({ operation }) => operation)).not.toContain('throughQuorum');
  expect(candidate.state).toBe('connected');
  await candidate.close();
});

test('rule 6: a leader that reads all the time keeps its term, too', async () => {
  const { client } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  for (let elapsed = 0; elapsed < 3 * sessionTimeoutMs; elapsed += 100) {
    const read = candidate.exists('/');
    await pass(100);
    await read;
  }
  expect(recorder.terms).toHaveLength(1);
  expect(recorder.active).toHaveLength(1);
  await stop();
  await candidate.close();
});

test('rule 7: confirm is a write, and refuses when the znode is gone', async () => {
  const { zooKeeper, client, candidates } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const confirmed = recorder.last.confirm();
  await pass(10);
  expect((await confirmed).serverTimeMs).toBe(
    zooKeeper.tree.get(`${electionPath}/${candidates()[0]!}`).stat.mtimeMs,
  );
  expect(zooKeeper.log.at(-1)).toMatchObject({ operation: expect.stringMatching(/set|get/) as string });
  expect(zooKeeper.tree.get(`${electionPath}/${candidates()[0]!}`).stat.version).toBe(1);

  const term = recorder.last;
  zooKeeper.tree.delete(`${electionPath}/${candidates()[0]!}`);
  const refused = term.confirm().catch((error: unknown) => error);
  await pass(10);
  expect(await refused).toMatchObject({ code: 'TERM_ENDED', reason: 'node-deleted' });
  await stop();
  await candidate.close();
});

test('rule 7: confirm counts a write whose reply was lost, once the znode itself shows it', async () => {
  const { zooKeeper, client } = setUpElection();
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

test('rule 7: confirm is refused where the znode was written by its new owner', async () => {
  const { zooKeeper, client, znodesOf } = setUpElection();
  const candidate = client();
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const term = recorder.last;
  zooKeeper.tree.tamper(znodesOf(candidate)[0]!, { owner: 0xdeadn, version: 7 });
  const refused = term.confirm().catch((error: unknown) => error);
  await pass(10);
  expect(await refused).toMatchObject({ code: 'TERM_ENDED', reason: 'node-deleted' });
  await stop();
  await candidate.close();
});

test('rule 9: a term watches its znode once, however often the connection breaks and however often it confirms', async () => {
  const { zooKeeper, client } = setUpElection();
  const meter = new RecordingMeter();
  const candidate = client(meter);
  const { recorder, stop } = takePart(candidate, 'a', { onSuspended: 'continue' });
  await passUntil(() => recorder.terms.length === 1);
  for (let round = 0; round < 5; round++) {
    zooKeeper.transports[0]!.cut();
    await pass(10);
    zooKeeper.transports[0]!.heal();
    await pass(10);
    const confirmed = recorder.last.confirm();
    await pass(10);
    await confirmed;
    expect(meter.latest('watchesPending')).toBe(1);
  }
  expect(recorder.terms).toHaveLength(1);
  await stop();
  expect(meter.latest('watchesPending')).toBe(0);
  await candidate.close();
});
