import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type PartitionableZooKeeper,
  type ZooKeeperServer,
} from '@atalaya/test-kit';
import { connect, textCodec, type Client } from '../../src/index.js';

const LIMIT_MS = 180_000;

let zooKeeper: PartitionableZooKeeper;
beforeAll(async () => {
  // A leader that has lost its followers goes on answering for a minute.
  zooKeeper = await startZooKeeper({ servers: 3, partitionable: true, configuration: { syncLimit: 120 } });
}, 90_000);
afterEach(async () => {
  await zooKeeper.network.heal();
  await zooKeeper.waitUntilServing();
}, LIMIT_MS);
afterAll(() => zooKeeper.close());

interface Behind extends AsyncDisposable {
  /** Served by the next leader. */
  readonly client: Client;
  readonly proxy: FaultProxy;
  /** Index of the link to the server that has stayed behind. */
  readonly behind: number;
}

/**
 * A leader is cut off and another one elected beside it; a client that knows both is served by the next one, where
 * `change` is made by somebody else.
 */
async function leaderLeftBehind(
  prepare: (client: Client) => Promise<unknown>,
  change: (admin: Client) => Promise<unknown>,
): Promise<Behind> {
  const leader = (await zooKeeper.leader())!;
  const followers = zooKeeper.servers.filter((server) => server !== leader);
  const proxy = await startFaultProxy({ upstreams: zooKeeper.servers });
  const behind = zooKeeper.servers.indexOf(leader);
  const client = await connect({ hosts: proxy.connectString, sessionTimeoutMs: 50_000 });
  await prepare(client);
  zooKeeper.network.isolate(leader);
  await proxy.refuse({ link: behind });
  await restart(followers);
  proxy.cut({ link: behind });
  const hosts = followers.map(({ host, port }) => `${host}:${port}`).join(',');
  await using admin = await connect({ hosts, sessionTimeoutMs: 30_000 });
  await change(admin);
  await client.connected();
  return {
    client,
    proxy,
    behind,
    [Symbol.asyncDispose]: async () => {
      await zooKeeper.network.heal();
      await proxy.passThrough();
      await client.close();
      await proxy.close();
    },
  };
}

async function restart(servers: readonly ZooKeeperServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.start()));
}

/** The client can reach the server that stayed behind alone; resolves when it was served there or sent away. */
async function meetTheOneBehind({ client, proxy, behind }: Behind): Promise<void> {
  const interrupted = waitFor(() => client.state !== 'connected', {
    timeoutMs: 30_000,
    intervalMs: 1,
    describe: 'the client to be cut off',
  });
  await proxy.passThrough();
  for (const { index } of proxy.links) if (index !== behind) await proxy.refuse({ link: index });
  const { accepted } = proxy.counters;
  proxy.cut();
  await interrupted;
  await waitFor(() => client.state === 'connected' || proxy.counters.accepted > accepted + 1, {
    timeoutMs: 60_000,
    describe: 'the client to be served by the server that stayed behind, or to try it again',
  });
}

test(
  'rule 23: a session that comes back at a server that has stayed behind reads no value older than it has seen',
  async () => {
    const path = '/no-step-back';
    await using both = await leaderLeftBehind(
      (client) => client.create(path, { data: 'old' }),
      (admin) => admin.set(path, 'new'),
    );
    const { client, proxy } = both;
    const seen = await waitFor(
      async () => {
        const value = await client.get(path);
        return value.data.toString() === 'new' && value;
      },
      { timeoutMs: 30_000, describe: 'the client to read the new value' },
    );

    await meetTheOneBehind(both);
    const reading = client.get(path);
    // Who was sent away waits for another server.
    if (client.state !== 'connected') await proxy.passThrough();
    const read = await reading;
    expect({ data: read.data.toString(), older: read.stat.mzxid < seen.stat.mzxid }).toEqual({
      data: 'new',
      older: false,
    });
  },
  LIMIT_MS,
);

test(
  'rule 23: nor does a group go back to members of before',
  async () => {
    const path = '/no-step-back-group';
    await using both = await leaderLeftBehind(
      async (client) => {
        await client.ensurePath(path);
        await client.create(`${path}/a`, { data: 'old' });
      },
      async (admin) => {
        await admin.set(`${path}/a`, 'new');
        await admin.create(`${path}/b`, { data: 'later' });
      },
    );
    const { client, proxy } = both;
    await using group = await client.group(path, { codec: textCodec });
    const members = () => [...group.snapshot().members].map(([id, { value }]) => `${id}: ${value}`).sort();
    await waitFor(() => members().join() === 'a: new,b: later', { timeoutMs: 30_000 });

    const goneBack: string[][] = [];
    const changes = (async () => {
      for await (const change of group.changes()) goneBack.push([change.type, change.id]);
    })();
    await meetTheOneBehind(both);
    if (client.state === 'connected') {
      await waitFor(() => !group.snapshot().stale, { timeoutMs: 30_000 });
    }
    expect(members()).toEqual(['a: new', 'b: later']);
    await proxy.passThrough();
    await zooKeeper.network.heal();
    await waitFor(() => !group.snapshot().stale, { timeoutMs: 60_000 });
    await group.close();
    await changes;
    expect(goneBack).toEqual([]);
  },
  LIMIT_MS,
);
