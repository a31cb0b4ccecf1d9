import { createClient, type Client, type Registration } from '../../src/index.js';
import { passUntil, useFakeClock } from '../fake/fake-clock.js';
import { electionPath, isCreation, setUpElection, takePart } from '../fake/fake-election.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

const parent = '/sensors';
const path = `${parent}/s1`;

function setUp() {
  const zooKeeper = new FakeZooKeeper();
  zooKeeper.tree.create(parent, Buffer.alloc(0), 0n, false);
  const client = (): Client =>
    createClient({ hosts: 'fake:1', sessionTimeoutMs: 6_000, transport: zooKeeper.transport });
  return { zooKeeper, client };
}

/** Settles with the promise, while time passes. */
async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  let outcome: PromiseSettledResult<T> | undefined;
  void Promise.allSettled([promise]).then(([each]) => (outcome = each));
  await passUntil(() => outcome !== undefined);
  return outcome!;
}

async function resolved<T>(promise: Promise<T>): Promise<T> {
  await settled(promise);
  return promise;
}

test('rule 22: after a lost reply a quorum is asked before the own znode is looked for', async () => {
  const { zooKeeper, client } = setUpElection();
  const candidate = client();
  zooKeeper.transports[0]!.failNext(isCreation, 'drop-reply');
  const { recorder, stop } = takePart(candidate, 'a');
  await passUntil(() => recorder.terms.length === 1);
  const operations = zooKeeper.log.map(({ operation }) => operation);
  const afterCreation = operations.slice(operations.indexOf('create') + 1);
  expect(afterCreation.slice(0, 2)).toEqual(['throughQuorum', 'children']);
  await stop();
  await candidate.close();
});

test('rule 22: where the search for the own znode fails, the znode is deleted all the same', async () => {
  const { zooKeeper, client } = setUpElection();
  const candidate = client();
  const transport = zooKeeper.transports[0]!;
  transport.failNext(isCreation, 'drop-reply');
  transport.failNext(({ operation }) => operation === 'throughQuorum', 'refuse');
  const { run } = takePart(candidate, 'a');
  expect(await settled(run)).toMatchObject({ status: 'rejected', reason: { code: 'OPERATION_FAILED' } });
  await passUntil(() => zooKeeper.tree.children(electionPath).length === 0);
  await candidate.close();
});

test('rule 22: an aborted registration whose creation was not answered is looked for behind a quorum, and deleted', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  const abort = new AbortController();
  zooKeeper.transports[0]!.failNext(
    ({ operation, path: at }) => operation === 'create' && at === path,
    'drop-reply',
    50,
  );
  const registered = sensor.register(parent, { id: 's1', value: 'v', signal: abort.signal });
  await passUntil(() => zooKeeper.tree.has(path));
  abort.abort();
  expect(await settled(registered)).toMatchObject({ status: 'rejected' });
  await passUntil(() => !zooKeeper.tree.has(path));
  const operations = zooKeeper.log.map(({ operation }) => operation);
  expect(operations.slice(operations.indexOf('create') + 1)).toEqual(['throughQuorum', 'get', 'delete']);
  await resolved(sensor.close());
});

test('rule 24: after a takeover nothing is written into the znode of the new holder', async () => {
  const { zooKeeper, client } = setUp();
  const [first, second] = [client(), client()];
  const taken = await resolved(first.register(parent, { id: 's1', value: 'of the first' }));
  await resolved(second.register(parent, { id: 's1', value: 'of the second', onConflict: 'takeover' }));
  expect(await settled(taken.set('again of the first'))).toMatchObject({
    status: 'rejected',
    reason: { code: 'REGISTRATION_CONFLICT' },
  });
  expect(zooKeeper.tree.get(path).data.toString()).toBe('of the second');
  await resolved(Promise.all([first.close(), second.close()]));
});

test('rule 24: a write that finds another version looks whose znode it is, and is repeated where it is the own', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  const registration = await resolved(sensor.register(parent, { id: 's1', value: 0 }));
  for (let value = 1; value <= 20; value++) await resolved(registration.set(value));
  // As an attempt whose reply was lost does.
  zooKeeper.tree.set(path, Buffer.from('21'), undefined);
  await resolved(registration.set(22));
  expect(zooKeeper.tree.get(path).data.toString()).toBe('22');
  await resolved(sensor.close());
});

test('rule 24: nor is the write of one that has not heard of the takeover, however often it has written before', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  const registration = await resolved(sensor.register(parent, { id: 's1', value: 'mine' }));
  for (let value = 1; value <= 20; value++) await resolved(registration.set(`mine ${value}`));
  // The takeover's events travel to the client while its write travels to the server.
  zooKeeper.tree.delete(path, undefined);
  zooKeeper.tree.create(path, Buffer.from('of another'), 0x7n, false);
  expect(await settled(registration.set('mine again'))).toMatchObject({
    status: 'rejected',
    reason: { code: 'REGISTRATION_CONFLICT' },
  });
  expect(zooKeeper.tree.get(path).data.toString()).toBe('of another');
  await resolved(sensor.close());
});

test('rule 25: of two registrations of one id at a time in one client the second is refused, and both close', async () => {
  const { zooKeeper, client } = setUp();
  const sensor = client();
  const both = [1, 2].map((value) => sensor.register(parent, { id: 's1', value }));
  const outcomes = [await settled(both[0]!), await settled(both[1]!)];
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(outcomes[1]).toMatchObject({ reason: { code: 'REGISTRATION_CONFLICT' } });
  await resolved((outcomes[0] as PromiseFulfilledResult<Registration<number>>).value.close());
  expect(zooKeeper.tree.has(path)).toBe(false);
  await resolved(sensor.close());
});
