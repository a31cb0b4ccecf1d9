import { startZooKeeper, waitFor, type StartedZooKeeper } from '@atalaya/test-kit';
import type { Client, Election, Leader } from '../src/index.js';
import { TestClients } from './support/clients.js';
import { reasonOf, TermRecorder } from './support/terms.js';

const path = '/election';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

interface Candidate {
  readonly id: string;
  readonly client: Client;
  readonly recorder: TermRecorder;
  readonly election: Election;
  readonly run: Promise<void>;
}

/** Candidates of a client each, in the order of their names in the queue. */
async function candidates(clients: TestClients, ids: readonly string[]) {
  const stop = new AbortController();
  const all: Candidate[] = [];
  for (const id of ids) {
    const client = await clients.connect();
    const recorder = new TermRecorder();
    const election = client.election(path, { id });
    const run = election.run(recorder.work, { signal: stop.signal });
    all.push({ id, client, recorder, election, run });
    await waitFor(async () => (await election.contenders()).length === all.length);
  }
  const leaders = () => all.filter(({ recorder }) => recorder.active.length > 0).map(({ id }) => id);
  const queue = async () => (await all[0]!.election.contenders()).map(({ id }) => id);
  const end = async () => {
    stop.abort();
    await Promise.all(all.map(({ run }) => run));
  };
  return { all, leaders, queue, end };
}

test('contenders come in the order of their election, the leader first', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { queue, end } = await candidates(clients, ['a', 'b', 'c']);
  expect(await queue()).toEqual(['a', 'b', 'c']);
  await end();
  expect(await queue()).toEqual([]);
});

test('resigning ends the term, and queues again behind the others', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { all, leaders, queue, end } = await candidates(clients, ['a', 'b']);
  await waitFor(() => leaders().join() === 'a');
  await all[0]!.election.resign();
  expect(reasonOf(all[0]!.recorder.terms[0]!)).toBe('resigned');
  await waitFor(() => leaders().join() === 'b');
  await waitFor(async () => (await queue()).join() === 'b,a');
  await all[0]!.election.resign();
  expect(leaders()).toEqual(['b']);
  await end();
});

test('a hand-over elects the named candidate, past those who wait before it', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { all, leaders, queue, end } = await candidates(clients, ['a', 'b', 'c', 'd']);
  await waitFor(() => leaders().join() === 'a');
  await expect(all[0]!.election.handOver('nobody')).rejects.toMatchObject({ code: 'CANDIDATE_NOT_FOUND' });
  await expect(all[1]!.election.handOver('a')).rejects.toMatchObject({ code: 'NOT_LEADING' });
  expect(leaders()).toEqual(['a']);
  await all[0]!.election.handOver('c');
  expect(reasonOf(all[0]!.recorder.terms[0]!)).toBe('handed-over');
  await waitFor(() => leaders().join() === 'c');
  await waitFor(async () => (await queue()).length === 4);
  expect((await queue()).slice(0, 2)).toEqual(['c', 'd']);
  expect(all[1]!.recorder.terms).toEqual([]);
  await end();
});

test('observers learn of each leader and of there being none', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const observer = await clients.connect();
  const stop = new AbortController();
  const seen: (Leader | null)[] = [];
  const observed = (async () => {
    for await (const leader of observer.election(path, { id: 'observer' }).observe({ signal: stop.signal })) {
      seen.push(leader);
    }
  })();
  await waitFor(() => seen.length === 1);
  expect(seen[0]).toBeNull();
  const { all, leaders, end } = await candidates(clients, ['a', 'b']);
  await waitFor(() => leaders().join() === 'a');
  await waitFor(() => seen.at(-1)?.id === 'a');
  expect(seen.at(-1)?.token).toBe(all[0]!.recorder.last.token);
  await all[0]!.client.close();
  await expect(all[0]!.run).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  await waitFor(() => seen.at(-1)?.id === 'b');
  await end().catch(() => {});
  await waitFor(() => seen.at(-1) === null);
  stop.abort();
  await expect(observed).rejects.toMatchObject({ name: 'AbortError' });
});

test('rule 8: tokens grow from term to term, also when the parent is deleted and the sequence begins anew', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  const tokens: bigint[] = [];
  for (let round = 0; round < 3; round++) {
    const stop = new AbortController();
    await client.election(path, { id: 'a' }).run(
      (term) => {
        tokens.push(term.token);
        stop.abort();
      },
      { signal: stop.signal },
    );
    await client.delete(path);
  }
  expect(tokens).toHaveLength(3);
  expect(tokens[1]!).toBeGreaterThan(tokens[0]!);
  expect(tokens[2]!).toBeGreaterThan(tokens[1]!);
});

test('rule 9: each candidate watches its predecessor and its own znode while it leads, and nothing else', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const { all, end } = await candidates(clients, ['a', 'b', 'c', 'd']);
  const nodes = (await all[0]!.election.contenders()).map(({ node }) => `${clients.chroot}${path}/${node}`);
  const watched = async () => {
    const lines = (await zooKeeper.servers[0]!.fourLetterWord('wchp')).split('\n');
    const counts = new Map<string, number>();
    let current = '';
    for (const line of lines) {
      if (line.startsWith('/')) current = line.trim();
      else if (line.trim() !== '' && current.startsWith(clients.chroot)) {
        counts.set(current, (counts.get(current) ?? 0) + 1);
      }
    }
    return counts;
  };
  // The leader watches its own znode, b that of a, c that of b, d that of c.
  const expected = new Map([
    [nodes[0]!, 2],
    [nodes[1]!, 1],
    [nodes[2]!, 1],
  ]);
  await waitFor(
    async () => JSON.stringify([...(await watched())].sort()) === JSON.stringify([...expected].sort()),
  );
  await end();
  await waitFor(async () => (await watched()).size === 0);
});

test("an error of the leader's work ends the term, frees the place and rejects the run", async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  const election = client.election(path, { id: 'a' });
  await expect(
    election.run(() => {
      throw new Error('disk full');
    }),
  ).rejects.toThrow('disk full');
  expect(await election.contenders()).toEqual([]);
});

test('work that returns at once leads again and again, at a bounded rate', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  const stop = new AbortController();
  let terms = 0;
  const run = client.election(path, { id: 'a' }).run(
    () => {
      terms += 1;
      if (terms === 4) stop.abort();
    },
    { signal: stop.signal },
  );
  const startedAt = performance.now();
  await run;
  expect(terms).toBe(4);
  expect(performance.now() - startedAt).toBeGreaterThan(100);
});
