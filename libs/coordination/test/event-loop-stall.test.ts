import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { assertKazooInstalled, KazooCandidate } from './kazoo/kazoo-candidate.js';
import { TestClients } from './support/clients.js';
import { reasonOf, TermRecorder } from './support/terms.js';

const path = '/election';
const sessionTimeoutMs = 2_000;

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  assertKazooInstalled();
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

/** Holds up the event loop, as a long computation or a stopped process does. */
function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('rule 6: after a stall longer than the session the term is over at the first look, before any event is handled', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect({ sessionTimeoutMs });
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const election = client.election(path, { id: 'node' });
  const run = election.run(recorder.work, { signal: stop.signal, onSuspended: 'continue' });
  await waitFor(() => recorder.active.length === 1);
  await using rival = new KazooCandidate(clients.hosts, path, 'kazoo', sessionTimeoutMs);
  await waitFor(async () => (await election.contenders()).length === 2);

  const term = recorder.last;
  expect(term.remainingMs()).toBeGreaterThan(0);
  stall(3 * sessionTimeoutMs);
  // Nothing was handled since: the client still believes itself connected.
  expect(client.state).toBe('connected');
  expect(term.signal.aborted).toBe(false);
  expect(term.remainingMs()).toBe(0);
  expect(term.signal.aborted).toBe(true);
  expect(reasonOf(term)).toBe('lease-expired');
  await expect(term.confirm()).rejects.toMatchObject({ code: 'TERM_ENDED' });

  await waitFor(() => rival.leading);
  expect(rival.tokens[0]!).toBeGreaterThan(term.token);
  stop.abort();
  await run;
}, 60_000);

test('rule 6: a stall shorter than the lease costs nothing', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect({ sessionTimeoutMs: 6_000 });
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const run = client.election(path, { id: 'node' }).run(recorder.work, { signal: stop.signal });
  await waitFor(() => recorder.active.length === 1);
  stall(1_500);
  await recorder.last.confirm();
  expect(recorder.active).toHaveLength(1);
  stop.abort();
  await run;
});
