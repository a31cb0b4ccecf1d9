import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
} from '@atalaya/test-kit';
import { createClient, nativeTransport, type Client } from '../../src/index.js';
import { closeBehind, interruptionOf } from '../support/clients.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zooKeeper = await startZooKeeper();
  proxy = await startFaultProxy({ upstreams: [zooKeeper.servers[0]!] });
}, 90_000);
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});
let client: Client;
afterEach(() => closeBehind(proxy, () => client.close()));

test('rule 23: with the native transport a session that is resumed is not served before its server has caught up with the leader', async () => {
  client = createClient({ hosts: proxy.connectString, sessionTimeoutMs: 20_000, transport: nativeTransport });
  await client.connected({ signal: AbortSignal.timeout(20_000) });
  const { sessionId } = client;
  await using unanswered = proxy.dropReplies({ operation: 'sync', times: 3 });
  const interrupted = interruptionOf(client);
  proxy.cut();
  await interrupted;
  const states: string[] = [];
  client.on('state', (state) => states.push(`${state} after ${unanswered.hits}`));
  await client.connected({ signal: AbortSignal.timeout(20_000) });
  await waitFor(() => states.length > 0);
  expect(states).toEqual(['connected after 3']);
  expect(client.sessionId).toBe(sessionId);
}, 40_000);
