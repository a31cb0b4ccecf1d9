import { createClient, connect, type Client } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { sessionTimeoutMs, setUpElection } from '../fake/fake-election.js';

useFakeClock();

const id = 'a';
const work = () => {};

/** Each call, and what its error has to name. */
const calls: [string, string, (client: Client) => unknown][] = [
  ['a version of null', 'version', (client) => client.set('/a', '', { version: null as never })],
  ['a version of 1.5', 'version', (client) => client.set('/a', '', { version: 1.5 })],
  ["a version of '0'", 'version', (client) => client.delete('/a', { version: '0' as never })],
  ['a version of 2^40', 'version', (client) => client.delete('/a', { version: 2 ** 40 })],
  ['data of a wrong type', 'data', (client) => client.create('/a', { data: 5 as never })],
  ['data that are an object', 'data', (client) => client.set('/a', {} as never)],
  ['the deletion of the root', '"/"', (client) => client.delete('/')],
  ['a path with a character outside the plane', 'U+1f600', (client) => client.get('/\u{1f600}')],
  ['a path with a NUL', 'U+0000', (client) => client.exists('/a\u0000')],
  ['a path that is a number', 'not a string', (client) => client.children(5 as never)],
  ['a lock without options', 'options of a lock', (client) => client.lock('/a', undefined as never)],
  ['an election without an id', 'id', (client) => client.election('/a', {} as never)],
  ['a semaphore of 0', 'maxLeases', (client) => client.semaphore('/a', { id, maxLeases: 0 })],
  ['a barrier of 1.5', 'size', (client) => client.doubleBarrier('/a', { id, size: 1.5 })],
  ['work that is not a function', 'work', (client) => client.election('/a', { id }).run(5 as never)],
  [
    'a work grace of NaN',
    'workGraceMs',
    (client) => client.election('/a', { id }).run(work, { workGraceMs: NaN }),
  ],
  [
    'a work grace past a timer',
    'workGraceMs',
    (client) => client.election('/a', { id }).run(work, { workGraceMs: 2 ** 31 }),
  ],
  [
    'a margin of NaN',
    'leaseMarginMs',
    (client) => client.election('/a', { id }).run(work, { leaseMarginMs: NaN }),
  ],
  [
    'a negative margin',
    'leaseMarginMs',
    (client) => client.lock('/a', { id }).acquire({ leaseMarginMs: -600_000 }),
  ],
  ['a wait past a timer', 'timeoutMs', (client) => client.lock('/a', { id }).acquire({ timeoutMs: 2 ** 31 })],
  [
    'a registration without options',
    'options of a registration',
    (client) => client.register('/a', undefined as never),
  ],
  ['no hosts', 'hosts', () => createClient({} as never)],
  ['no options', 'options of a client', () => createClient(undefined as never)],
  [
    'a session timeout of 0',
    'sessionTimeoutMs',
    () => createClient({ hosts: 'fake:1', sessionTimeoutMs: 0 }),
  ],
  [
    'a connect timeout past a timer',
    'connectTimeoutMs',
    () => connect({ hosts: 'fake:1', connectTimeoutMs: 3e9 }),
  ],
  ['a retry factor of 0', 'retry.factor', () => createClient({ hosts: 'fake:1', retry: { factor: 0 } })],
];

test.each(calls)('rule 26: %s is refused at the door, by its name', async (_what, name, call) => {
  const { zooKeeper, client } = setUpElection();
  const asked = client();
  await passUntil(() => asked.state === 'connected');
  const before = zooKeeper.log.length;
  const refusal = await new Promise((resolve) => {
    resolve(call(asked));
  }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(refusal).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining(name) as string,
  });
  await pass(100);
  expect(zooKeeper.log.slice(before)).toEqual([]);
  await asked.close();
});

test('rule 26: a margin that leaves nothing of the negotiated timeout ends the run, and leaves no znode', async () => {
  const { client, candidates } = setUpElection();
  const candidate = client();
  let refusal: unknown;
  void candidate
    .election('/election', { id })
    .run(work, { leaseMarginMs: sessionTimeoutMs })
    .catch((error: unknown) => (refusal = error));
  await passUntil(() => refusal !== undefined);
  expect(refusal).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('leaseMarginMs') as string,
  });
  await passUntil(() => candidates().length === 0);
  await candidate.close();
});

test('rule 26: a sequential znode may have its number for a name', async () => {
  const { zooKeeper, client } = setUpElection();
  const asked = client();
  let created: string | undefined;
  void asked.create('/election/', { sequential: true }).then((path) => (created = path));
  await passUntil(() => created !== undefined);
  expect(created).toBe('/election/0000000000');
  expect(zooKeeper.tree.has('/election/0000000000')).toBe(true);
  await asked.close();
});
