import {
  endAllProcesses,
  type FaultProxy,
  FaultSchedule,
  networkFaults,
  type PartitionableZooKeeper,
  processFaults,
  proxyFaults,
  type RunningProcess,
  runProcess,
  serverFaults,
  startFaultProxy,
  startZooKeeper,
  waitFor,
} from '../src/index.js';
import { RawClient } from './raw-client.js';

const DURATION_MS = 10_000;

let zk: PartitionableZooKeeper;
let proxy: FaultProxy;
beforeAll(async () => {
  zk = await startZooKeeper({ servers: 3, partitionable: true });
  proxy = await startFaultProxy({ upstreams: zk.servers });
}, 90_000);
afterAll(async () => {
  await endAllProcesses();
  await proxy.close();
  await zk.close();
});

const startTicking = async (): Promise<RunningProcess> => {
  const ticking = runProcess(process.execPath, ['-e', "setInterval(() => console.log('tick'), 20)"], {
    name: 'ticking',
  });
  await ticking.waitForLine(/tick/);
  return ticking;
};

test('after a run of all faults servers, proxy and processes work as before', async () => {
  let ticking = await startTicking();
  const candidate = {
    name: 'candidate 1',
    current: () => ticking,
    restart: async () => {
      ticking = await startTicking();
    },
  };
  const lastsMs = { min: 100, max: 1_500 };
  const schedule = new FaultSchedule({
    durationMs: DURATION_MS,
    gapMs: { min: 50, max: 600 },
    maxConcurrent: 3,
    faults: [
      ...serverFaults(zk, { lastsMs }),
      ...networkFaults(zk, { lastsMs }),
      ...proxyFaults(proxy, { lastsMs }),
      ...processFaults([candidate], { lastsMs }),
    ],
  });
  // Traffic for the faults to meet: clients that come, create a node and go.
  const traffic = new AbortController();
  const clients = keepConnecting(traffic.signal);
  try {
    const executed = await schedule.run();
    expect(executed).toHaveLength(schedule.steps.length);
  } catch (error) {
    throw new Error(String(schedule), { cause: error });
  } finally {
    traffic.abort();
    await clients;
  }

  expect(zk.servers.map(({ running, paused }) => ({ running, paused }))).toEqual(
    zk.servers.map(() => ({ running: true, paused: false })),
  );
  await zk.waitUntilServing();
  for (const { host, port } of proxy.links) {
    const client = await served(`${host}:${port}`);
    const xid = client.create(`/after-${port}`);
    await waitFor(() => client.reply(xid), { describe: 'a reply through the healed proxy' });
    client.destroy();
  }
  await ticking.waitForLine(/tick/, { from: ticking.position });
}, 180_000);

/** A client with a session; one that is turned away, as servers do while they elect a leader, comes again. */
async function served(connectString: string): Promise<RawClient> {
  let client = RawClient.open(connectString);
  await waitFor(
    () => {
      if (client.closed) client = RawClient.open(connectString);
      return client.sessionId !== 0n;
    },
    {
      timeoutMs: 30_000,
      describe: () => `a session; the connection is ${client.closed ? 'closed' : 'open'}`,
    },
  );
  return client;
}

async function keepConnecting(signal: AbortSignal): Promise<void> {
  for (let number = 0; !signal.aborted; number++) {
    const { host, port } = proxy.links[number % proxy.links.length]!;
    const client = RawClient.open(`${host}:${port}`);
    const served = async (): Promise<void> => {
      await waitFor(() => client.sessionId || client.closed, { timeoutMs: 1_000, signal });
      const xid = client.create(`/traffic-${number}`);
      await waitFor(() => client.reply(xid) ?? client.closed, { timeoutMs: 1_000, signal });
    };
    // What the faults do to a client is not what is tested here.
    await served().catch(() => undefined);
    client.destroy();
  }
}
