import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { electionPath, sessionTimeoutMs, setUpElection, takePart } from '../fake/fake-election.js';
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

test('rule 7: confirm counts a write whose reply was lost, once the znode itself tells of it', async () => {
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
