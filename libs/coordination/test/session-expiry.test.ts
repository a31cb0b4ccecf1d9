import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import { decimalCodec } from '../src/index.js';
import type { ConnectionState } from '../src/connection/connection-state.js';
import { TestClients } from './support/clients.js';
import { expirableTransport, expireSession } from './support/expire-session.js';
import { reasonOf, TermRecorder } from './support/terms.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

test('rule 17: after a real expiry the same client goes on in a new session, with its registrations', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { transport, opened } = expirableTransport();
  const client = await clients.connect({ transport });
  const states: ConnectionState[] = [];
  client.on('state', (state) => states.push(state));
  const registrations = await Promise.all(
    Array.from({ length: 50 }, (_, index) => client.register('/sensors', { id: `s${index}`, value: index })),
  );
  const earlier = client.sessionId;
  await expireSession(clients.hosts, opened[0]!.session);
  await registrations[0]!.set(1_000);
  await waitFor(async () => (await client.children('/sensors')).length === 50);
  expect(client.sessionId).not.toBe(earlier);
  expect(states).toEqual(expect.arrayContaining(['lost', 'connected']));
  const { children } = await client.readChildren('/sensors');
  expect(children.get('s0')!.data.toString()).toBe('1000');
  for (const { stat } of children.values()) expect(stat.ephemeralOwner).toBe(client.sessionId);
});

test('rule 15: the term of a leader whose session expires is over, and a later term has a larger token', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { transport, opened } = expirableTransport();
  const client = await clients.connect({ transport });
  const stop = new AbortController();
  const recorder = new TermRecorder();
  const run = client.election('/election', { id: 'a' }).run(recorder.work, { signal: stop.signal });
  await waitFor(() => recorder.terms.length === 1);
  const earlier = client.sessionId;
  await expireSession(clients.hosts, opened[0]!.session);
  // A session that is won back in between has a term of its own before it expires.
  await waitFor(() => client.sessionId !== earlier && recorder.active.length === 1);
  // The native client sees the connection go first, as a rule.
  expect(['session-lost', 'suspended', 'node-deleted']).toContain(reasonOf(recorder.terms[0]!));
  expect(recorder.last.token).toBeGreaterThan(recorder.terms[0]!.token);
  expect(await client.children('/election')).toHaveLength(1);
  stop.abort();
  await run;
});

test('rule 19: a group whose session expires reads everything again and reports the difference', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { transport, opened } = expirableTransport();
  const [watcher, writer] = await Promise.all([clients.connect({ transport }), clients.connect()]);
  await Promise.all(['a', 'b', 'c'].map((id) => writer.register('/sensors', { id, value: 1 })));
  await using group = await watcher.group('/sensors', { codec: decimalCodec });
  expect([...group.snapshot().members.keys()].sort()).toEqual(['a', 'b', 'c']);
  const changes = group.changes();
  await expireSession(clients.hosts, opened[0]!.session);
  await writer.delete('/sensors/b').catch(() => {});
  await writer.register('/sensors', { id: 'd', value: 4 });
  await waitFor(() => group.snapshot().members.get('d')?.value === 4 && !group.snapshot().stale);
  const joined = await changes.next();
  expect(joined.value).toMatchObject({ id: expect.stringMatching(/[bd]/) as string });
});

test('many expiries leave no watches, listeners or timers behind', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { transport, opened } = expirableTransport();
  const gauges = new Map<string, number>();
  const client = await clients.connect({
    transport,
    meter: { set: (name, value) => gauges.set(name, value), increment() {}, observe() {} },
  });
  await client.register('/sensors', { id: 's', value: 1 });
  await using group = await client.group('/sensors', { codec: decimalCodec });
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const run = client.election('/election', { id: 'a' }).run(recorder.work, { signal: stop.signal });
  const settled = async (terms: number) => {
    await waitFor(
      () => recorder.active.length === 1 && recorder.terms.length >= terms && !group.snapshot().stale,
    );
    await waitFor(async () => (await client.exists('/sensors/s'))?.ephemeralOwner === client.sessionId);
    await waitFor(() => group.snapshot().members.size === 1);
    // The registration's own watch is set with the next sweep.
    await waitFor(() => gauges.get('watchesPending') === 4);
  };
  await settled(1);
  for (let round = 1; round <= 10; round++) {
    await expireSession(clients.hosts, opened.at(-1)!.session);
    await settled(round + 1);
  }
  const { fourLetterWord } = { fourLetterWord: (word: string) => zooKeeper.servers[0]!.fourLetterWord(word) };
  const watches = (await fourLetterWord('wchc')).split('\n').filter((line) => line.includes(clients.chroot));
  expect(watches.length).toBeLessThanOrEqual(4);
  stop.abort();
  await run;
}, 60_000);
