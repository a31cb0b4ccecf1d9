import { transportUnderTest } from '../support/transport-under-test.js';
import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { createClient, nativeTransport, type Client, type Transport } from '../../src/index.js';
import { closeBehind, interruptionOf } from '../support/clients.js';

/** As many ways to one server: an even number, of which the native client by itself visits every other one. */
const ways = 4;

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: Array.from({ length: ways }, () => zooKeeper.servers[0]!) });
}, 90_000);
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});
let client: Client;
afterEach(() => closeBehind(proxy, () => client.close()));

const connected = (client: Client, ms = 20_000) => client.connected({ signal: AbortSignal.timeout(ms) });

test('trap: after a failure of all servers each one is tried again, also of an even number', async () => {
  client = createClient({
    transport: transportUnderTest,
    hosts: proxy.connectString,
    sessionTimeoutMs: 10_000,
  });
  await connected(client);
  const { sessionId } = client;
  for (let way = 0; way < ways; way++) {
    const refusals = await Promise.all(Array.from({ length: ways }, (_, link) => proxy.refuse({ link })));
    const interrupted = interruptionOf(client);
    proxy.cut();
    await interrupted;
    await refusals[way]!.lift();
    await connected(client);
    expect(proxy.connections.map(({ link }) => link)).toEqual([way]);
    await proxy.passThrough();
  }
  expect(client.sessionId).toBe(sessionId);
}, 90_000);

test('trap: a long session is taken up again at once, not after a third of its timeout', async () => {
  client = createClient({
    transport: transportUnderTest,
    hosts: proxy.connectString,
    sessionTimeoutMs: 30_000,
  });
  await connected(client);
  const { sessionId } = client;
  const interrupted = interruptionOf(client);
  proxy.cut();
  await interrupted;
  await connected(client, 5_000);
  expect(client.sessionId).toBe(sessionId);
}, 60_000);

test('trap: however often the connection breaks, the servers know one session and one connection of the client', async () => {
  client = createClient({
    transport: transportUnderTest,
    hosts: proxy.connectString,
    sessionTimeoutMs: 10_000,
  });
  await connected(client);
  const { sessionId } = client;
  const server = zooKeeper.servers[0]!;
  const sessions = async () => new Set((await server.fourLetterWord('dump')).match(/0x[0-9a-f]{8,}/g));
  const before = await sessions();
  expect(before).toContain(`0x${sessionId!.toString(16)}`);
  for (let round = 0; round < 10; round++) {
    const interrupted = interruptionOf(client);
    proxy.cut();
    await interrupted;
    await connected(client);
  }
  expect(await sessions()).toEqual(before);
  const own = `sid=0x${sessionId!.toString(16)}`;
  await waitFor(
    async () =>
      (await server.fourLetterWord('cons')).split('\n').filter((line) => line.includes(own)).length === 1,
  );
  expect(proxy.connections).toHaveLength(1);
}, 60_000);

test('trap: what was under way when the connection broke is answered, not forgotten', async () => {
  client = createClient({
    transport: transportUnderTest,
    hosts: proxy.connectString,
    sessionTimeoutMs: 4_000,
  });
  await connected(client);
  const cutOff = proxy.halfOpen();
  const writes = Array.from({ length: 20 }, (_, index) => client.create(`/under-way-${index}`));
  proxy.cut();
  await cutOff.lift();
  for (const outcome of await Promise.allSettled(writes)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CONNECTION_LOSS' } });
  }
});

test('trap: exists tells a failure from an absence', async () => {
  const transports: Transport[] = [];
  client = createClient({
    hosts: proxy.connectString,
    sessionTimeoutMs: 4_000,
    transport: (options) => {
      const transport = nativeTransport(options);
      transports.push(transport);
      return transport;
    },
  });
  await connected(client);
  const [transport] = transports;
  expect(await transport!.exists('/absent', false)).toBeUndefined();
  proxy.halfOpen();
  const asked = transport!.exists('/', false);
  proxy.cut();
  await expect(asked).rejects.toMatchObject({ code: 'CONNECTION_LOSS' });
});
