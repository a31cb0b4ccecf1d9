import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { createClient, type Client } from '../../src/index.js';
import type { Resolver } from '@atalaya/zookeeper-wire';
import { closeBehind, interruptionOf } from '../support/clients.js';
import { NativeTransport } from '../../src/transport/native/native-transport.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: zooKeeper.servers });
}, 90_000);
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});
let client: Client;
afterEach(() => closeBehind(proxy, () => client.close()));

/** A client of a host that only the resolver knows: whoever else looks it up finds nothing. */
function clientOf(resolver: Resolver): Client {
  const { port } = proxy.links[0]!;
  return createClient({
    hosts: `zookeeper.invalid:${port}`,
    sessionTimeoutMs: 4_000,
    transport: (options) => new NativeTransport(options, { resolver }),
  });
}
const connected = (client: Client) => client.connected({ signal: AbortSignal.timeout(20_000) });

test('trap: host names are looked up here, without holding up the event loop, and never by the native client', async () => {
  let ticks = 0;
  const ticking = setInterval(() => (ticks += 1), 10);
  client = clientOf(async (host) => {
    expect(host).toBe('zookeeper.invalid');
    await waitFor(() => ticks > 20);
    return ['127.0.0.1'];
  });
  await connected(client);
  clearInterval(ticking);
  expect(await client.exists('/')).toBeDefined();
});

test('trap: a name is looked up again for each attempt, so a server that moved is found', async () => {
  let lookUps = 0;
  // Nothing listens at the first address.
  client = clientOf(() => Promise.resolve([(lookUps += 1) === 1 ? '127.0.0.9' : '127.0.0.1']));
  await connected(client);
  expect(lookUps).toBeGreaterThan(1);
});

test('trap: a name that no name server answers holds up neither the first connection nor a later one', async () => {
  const { port } = proxy.links[0]!;
  const unanswered = new Promise<never>(() => {});
  let gone = 'gone.invalid';
  const asked: string[] = [];
  client = createClient({
    hosts: `gone.invalid:${port},alive.invalid:${port}`,
    sessionTimeoutMs: 4_000,
    transport: (options) =>
      new NativeTransport(options, {
        resolver: (host) => {
          asked.push(host);
          return host === gone ? unanswered : Promise.resolve(['127.0.0.1']);
        },
      }),
  });
  await connected(client);
  const { sessionId } = client;
  // Now of the only one whose address is known.
  gone = 'alive.invalid';
  for (let round = 0; round < 3; round++) {
    const interrupted = interruptionOf(client);
    proxy.cut();
    await interrupted;
    await connected(client);
    expect(client.sessionId).toBe(sessionId);
  }
  // Each holds a thread of few: it is asked for once at a time.
  expect(asked.filter((host) => host === 'gone.invalid')).toHaveLength(1);
  expect(asked.filter((host) => host === 'alive.invalid')).toHaveLength(2);
}, 60_000);

test('trap: an outage of the name server does not cost a healthy session', async () => {
  let out = false;
  let refused = 0;
  client = clientOf(() => {
    if (!out) return Promise.resolve(['127.0.0.1']);
    refused += 1;
    return Promise.reject(new Error('no name server'));
  });
  await connected(client);
  const { sessionId } = client;
  out = true;
  for (let round = 0; round < 3; round++) {
    const interrupted = interruptionOf(client);
    proxy.cut();
    await interrupted;
    await connected(client);
    expect(client.sessionId).toBe(sessionId);
  }
  expect(refused).toBeGreaterThan(0);
}, 60_000);
