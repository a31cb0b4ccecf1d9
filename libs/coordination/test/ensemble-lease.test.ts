import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type StartedZooKeeper,
  type ZooKeeperServer,
} from '@atalaya/test-kit';
import { closeBehind, TestClients } from './support/clients.js';
import { TermRecorder } from './support/terms.js';

let zooKeeper: StartedZooKeeper;
let proxy: FaultProxy;
/** The server that the clients are connected to, and those that they are not. */
let follower: ZooKeeperServer;
let others: ZooKeeperServer[];

beforeAll(async () => {
  // A follower that is cut off from the others goes on answering for 10 s.
  zooKeeper = await startZooKeeper({ servers: 3, controllable: true, configuration: { syncLimit: 20 } });
  const leader = await zooKeeper.leader();
  follower = zooKeeper.servers.find((server) => server !== leader)!;
  others = zooKeeper.servers.filter((server) => server !== follower);
  proxy = await startFaultProxy({ upstreams: [follower] });
}, 90_000);
let clients: TestClients;
beforeEach(() => {
  clients = new TestClients(proxy.connectString);
});
afterEach(async () => {
  await Promise.all(others.map((server) => server.resume()));
  await closeBehind(proxy, () => clients[Symbol.asyncDispose]());
});
afterAll(async () => {
  await proxy.close();
  await zooKeeper.close();
});

async function lead(sessionTimeoutMs: number) {
  const client = await clients.connect({ sessionTimeoutMs });
  const recorder = new TermRecorder();
  const stop = new AbortController();
  const run = client.election('/election', { id: 'a' }).run(recorder.work, { signal: stop.signal });
  await waitFor(() => recorder.active.length === 1);
  const end = async () => {
    stop.abort();
    await run;
  };
  return { client, recorder, end };
}
/** A transaction of nothing but a check over the wire, a write that is refused over the native transport. */
const heartbeats = () => {
  const { multi = 0, setData = 0 } = proxy.counters.requests;
  return multi + setData;
};

test('rule 6: a leader that is connected to a follower and sends nothing keeps its term: heartbeats reach the leader of the ensemble', async () => {
  const sessionTimeoutMs = 2_000;
  const { recorder, end } = await lead(sessionTimeoutMs);
  const [before, startedAtMs] = [heartbeats(), performance.now()];
  await waitFor(() => performance.now() - startedAtMs > 3 * sessionTimeoutMs || recorder.active.length === 0);
  expect(recorder.terms).toHaveLength(1);
  expect(recorder.active).toHaveLength(1);
  expect(heartbeats() - before).toBeGreaterThanOrEqual(3 * 3);
  await end();
}, 60_000);

test('rule 6: what a follower answers that has lost the others renews no lease', async () => {
  // Heartbeats 2 s apart: while one waits for the leader, the answers to later requests wait behind it.
  const { client, recorder, end } = await lead(12_000);
  const term = recorder.last;
  const beats = heartbeats();
  await waitFor(() => heartbeats() > beats);
  // Its answer comes behind that of the heartbeat.
  await client.exists('/');
  await Promise.all(others.map((server) => server.pause()));
  // Answers come in the order of the requests: whatever came through the leader before the pause is here now.
  await client.exists('/');
  // A pause of this process between the two readings makes it earlier, never later.
  const lapseMs = () => Math.max(...Array.from({ length: 9 }, () => performance.now() + term.remainingMs()));
  const before = lapseMs();
  const until = performance.now() + 500;
  let answers = 0;
  while (performance.now() < until) {
    await client.exists('/');
    answers += 1;
  }
  expect(answers).toBeGreaterThan(5);
  expect(Math.abs(lapseMs() - before)).toBeLessThan(50);
  await Promise.all(others.map((server) => server.resume()));
  await zooKeeper.waitUntilServing();
  await end();
}, 60_000);
