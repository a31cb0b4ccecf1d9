import { createClient, textCodec, type Logger, type Meter } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { electionPath, sessionTimeoutMs, setUpElection } from '../fake/fake-election.js';

useFakeClock();

test.each(['resign', 'handOver', 'close'] as const)(
  '%s is awaited in the work that it ends, and returns at once',
  async (call) => {
    const { client, candidates } = setUpElection();
    const [leader, heir] = [client(), client()];
    const election = leader.election(electionPath, { id: 'a' });
    const steps: string[] = [];
    const stop = new AbortController();
    const run = election.run(
      async () => {
        await passUntilWaiting();
        if (call === 'resign') await election.resign();
        else if (call === 'handOver') await election.handOver('b');
        else await leader.close();
        steps.push('returned');
      },
      { signal: stop.signal, workGraceMs: 30_000 },
    );
    run.catch(() => {});
    const passUntilWaiting = async () => {
      while (candidates().length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await passUntil(() => election.term !== undefined);
    void heir
      .election(electionPath, { id: 'b' })
      .run(
        async ({ signal }) => {
          steps.push('next');
          await new Promise((resolve) => {
            signal.addEventListener('abort', resolve);
          });
        },
        { signal: stop.signal },
      )
      .catch(() => {});
    await passUntil(() => steps.includes('returned'), 1_000);
    await passUntil(() => steps.includes('next'));
    expect(steps).toEqual(['returned', 'next']);
    stop.abort();
    await pass(20_000);
    await Promise.all([leader.close(), heir.close()]);
  },
);

test('a logger and a meter that throw lose their own lines, and nothing else', async () => {
  const { zooKeeper } = setUpElection();
  const fail = (): never => {
    throw new Error('disk full');
  };
  const logger: Logger = { debug: fail, info: fail, warn: fail, error: fail };
  const meter: Meter = { set: fail, increment: fail, observe: fail };
  const client = createClient({
    hosts: 'fake:1',
    sessionTimeoutMs,
    transport: zooKeeper.transport,
    logger,
    meter,
  });
  const terms: bigint[] = [];
  const stop = new AbortController();
  void client.election(electionPath, { id: 'a' }).run(
    async ({ token, signal }) => {
      terms.push(token);
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve);
      });
    },
    { signal: stop.signal },
  );
  await passUntil(() => terms.length === 1);
  zooKeeper.transports[0]!.cut();
  zooKeeper.transports[0]!.heal();
  await passUntil(() => terms.length === 2);
  zooKeeper.expire(client.sessionId!);
  await passUntil(() => terms.length === 3);
  stop.abort();
  await pass(1_000);
  await client.close();
  expect(client.state).toBe('closed');
});

test('who only looks creates nothing: an observer, a group and the value of a counter', async () => {
  const { zooKeeper, client } = setUpElection();
  const reader = client();
  const seen: unknown[] = [];
  const observed = reader.election('/absent/election', { id: 'reader' }).observe();
  void observed.next().then(({ value }) => seen.push(value));
  void reader
    .counter('/absent/counter', { initial: 7n })
    .get()
    .then((value) => seen.push(value));
  void reader
    .group('/absent/group', { codec: textCodec })
    .then((group) => seen.push(group.snapshot().members.size, group.snapshot().stale));
  await passUntil(() => seen.length === 4);
  expect(seen).toEqual(expect.arrayContaining([null, 7n, 0, false]));
  expect(zooKeeper.tree.has('/absent')).toBe(false);
  // The first child creates the parent, and is seen.
  zooKeeper.tree.create('/absent', Buffer.alloc(0), 0n, false);
  zooKeeper.tree.create('/absent/election', Buffer.alloc(0), 0n, false);
  const name = `${'0'.repeat(32)}__lock__0000000000`;
  zooKeeper.tree.create(`/absent/election/${name}`, Buffer.from('somebody'), 0n, false);
  let leader: unknown;
  void observed.next().then(({ value }) => {
    leader = value;
  });
  await passUntil(() => leader !== undefined);
  expect(leader).toMatchObject({ id: 'somebody' });
  await reader.close();
});
