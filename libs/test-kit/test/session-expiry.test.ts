import { expireSession, startZooKeeper, type StartedZooKeeper, waitFor } from '../src/index.js';
import { RawClient } from './raw-client.js';

let zk: StartedZooKeeper;
let client: RawClient;
beforeAll(async () => {
  zk = await startZooKeeper({ servers: 3, controllable: true });
}, 90_000);
afterAll(() => zk.close());
beforeEach(async () => {
  client = RawClient.open(zk.connectString);
  await waitFor(() => client.sessionId);
});
afterEach(() => {
  client.destroy();
});

const addressOf = (index: number): string => `127.0.0.1:${zk.servers[index]!.port}`;

test('ends a session from another server than the one its client is connected to', async () => {
  await expireSession(addressOf(1), client.sessionId, client.password);
  await waitFor(() => client.closed, {
    timeoutMs: 30_000,
    describe: 'the server to close the connection of the ended session',
  });
  const again = RawClient.open(addressOf(2), client);
  await waitFor(() => again.greeted);
  expect(again.sessionId).toBe(0n);
  again.destroy();
});

test('takes the next server when one does not answer', async () => {
  // Not the leader, without which the others would serve nobody until they have a new one.
  const leader = await zk.leader();
  const silent = zk.servers.find((server, index) => index > 0 && server !== leader)!;
  await silent.pause();
  const hosts = `127.0.0.1:${silent.port},${addressOf(0)}`;
  try {
    await expireSession(hosts, client.sessionId, client.password, { timeoutMs: 3_000 });
  } finally {
    await silent.resume();
  }
  await waitFor(() => client.closed, { timeoutMs: 30_000 });
}, 60_000);

test('says when the password is wrong, and leaves the session alone', async () => {
  await expect(expireSession(zk.connectString, client.sessionId, Buffer.alloc(16))).rejects.toMatchObject({
    code: 'SESSION_NOT_RESUMED',
  });
  const again = RawClient.open(zk.connectString, client);
  await waitFor(() => again.greeted);
  expect(again.sessionId).toBe(client.sessionId);
  again.destroy();
});

test('says when no server can be reached', async () => {
  await expect(expireSession('127.0.0.1:1', client.sessionId, client.password)).rejects.toMatchObject({
    code: 'ZOOKEEPER_UNREACHABLE',
    message: expect.stringContaining('127.0.0.1:1: connect ECONNREFUSED') as unknown,
  });
});
