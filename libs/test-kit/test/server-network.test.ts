import { type PartitionableZooKeeper, startZooKeeper, waitFor, type ZooKeeperServer } from '../src/index.js';
import { RawClient } from './raw-client.js';

const START_TIMEOUT_MS = 90_000;
/** In ticks of 500 ms: nobody gives up anybody in these tests, however busy the machine. */
const SYNC_LIMIT = 120;

let zk: PartitionableZooKeeper;
beforeAll(async () => {
  zk = await startZooKeeper({
    servers: 3,
    partitionable: true,
    configuration: { syncLimit: SYNC_LIMIT },
  });
}, START_TIMEOUT_MS);
afterEach(async () => {
  await zk.network.heal();
  await zk.waitUntilServing();
}, START_TIMEOUT_MS);
afterAll(() => zk.close());

async function leading(): Promise<{ leader: ZooKeeperServer; followers: ZooKeeperServer[] }> {
  const leader = (await zk.leader())!;
  return { leader, followers: zk.servers.filter((server) => server !== leader) };
}
/** Creates a node on this very server; resolves with whether it was acknowledged in time. */
async function creates(server: ZooKeeperServer, path: string, timeoutMs = 20_000): Promise<boolean> {
  const client = RawClient.open(`${server.host}:${server.port}`);
  try {
    await waitFor(() => client.sessionId, { timeoutMs });
    const xid = client.create(path, 'persistent');
    return (await waitFor(() => client.reply(xid), { timeoutMs })).error === 0;
  } catch {
    return false;
  } finally {
    client.destroy();
  }
}

test('whole, it serves writes on every server', async () => {
  for (const server of zk.servers) expect(await creates(server, `/whole-${server.id}`)).toBe(true);
});

test(
  'a leader that is cut off while its followers are restarted goes on leading beside the next one',
  async () => {
    const { leader, followers } = await leading();
    const isolation = zk.network.isolate(leader);
    await Promise.all(followers.map((server) => server.kill()));
    await Promise.all(followers.map((server) => server.start()));

    const roles = await Promise.all(followers.map((server) => server.mode()));
    expect(roles.sort()).toEqual(['follower', 'leader']);
    await expect(leader.mode()).resolves.toBe('leader');
    expect(await zk.leader()).not.toBe(leader);
    const next = (await zk.leader())!;
    expect(await creates(next, '/next')).toBe(true);
    expect((await leader.status())!.zxid >> 32n).toBeLessThan((await next.status())!.zxid >> 32n);
    expect(isolation.hits).toBeGreaterThan(0);
    await expect(zk.waitUntilServing({ timeoutMs: 200 })).rejects.toMatchObject({ code: 'SERVER_NOT_READY' });

    await isolation.lift();
    await zk.waitUntilServing();
    expect(await leader.mode()).toBe('follower');
  },
  START_TIMEOUT_MS,
);

test(
  'a follower that is cut off goes on answering, does not see what is written meanwhile, and comes back',
  async () => {
    const { leader, followers } = await leading();
    const [cutOff, other] = followers as [ZooKeeperServer, ZooKeeperServer];
    await using isolation = zk.network.isolate(cutOff);
    expect(await creates(other, '/without-one')).toBe(true);
    await expect(cutOff.mode()).resolves.toBe('follower');
    expect((await cutOff.status())!.zxid).toBeLessThan((await leader.status())!.zxid);
    await isolation.lift();
    const ahead = (await leader.status())!.zxid;
    await waitFor(async () => ((await cutOff.status())?.zxid ?? 0n) >= ahead, { timeoutMs: 60_000 });
  },
  START_TIMEOUT_MS,
);

test(
  'what a follower says is lost one way, while it hears the leader',
  async () => {
    const { followers } = await leading();
    const silent = followers[0]!;
    await using block = zk.network.block({ from: silent });
    expect(await creates(followers[1]!, '/one-way')).toBe(true);
    const written = (await followers[1]!.status())!.zxid;
    await waitFor(async () => ((await silent.status())?.zxid ?? 0n) >= written, {
      timeoutMs: 10_000,
      describe: 'the silent follower to learn of the write',
    });
    expect(await creates(silent, '/from-the-silent-one', 500)).toBe(false);
    await block.lift();
  },
  START_TIMEOUT_MS,
);

test(
  'one that the end of a fault cut off serves only once it follows anew',
  async () => {
    const { followers } = await leading();
    const silent = followers[0]!;
    const block = zk.network.block({ from: silent });
    expect(await creates(followers[1]!, '/before-the-cut')).toBe(true);
    const ahead = (await followers[1]!.status())!.zxid;
    await waitFor(async () => ((await silent.status())?.zxid ?? 0n) >= ahead, { timeoutMs: 10_000 });
    // The acknowledgement was lost: the connection that it was sent on is cut, and the follower does not know it yet.
    await block.lift();
    await zk.waitUntilServing();
    expect(await creates(silent, '/after-the-cut')).toBe(true);
    expect((await silent.status())!.zxid).toBeGreaterThan(ahead);
  },
  START_TIMEOUT_MS,
);

test(
  'a follower whose link is stalled lags, and catches up over the same connection',
  async () => {
    const { leader, followers } = await leading();
    const [lagging, other] = followers as [ZooKeeperServer, ZooKeeperServer];
    const before = (await lagging.status())!.zxid;
    const stall = zk.network.stall({ from: leader, to: lagging });
    expect(await creates(other, '/ahead')).toBe(true);
    expect((await lagging.status())!.zxid).toBe(before);
    await stall.lift();
    const ahead = (await leader.status())!.zxid;
    await waitFor(async () => ((await lagging.status())?.zxid ?? 0n) >= ahead, { timeoutMs: 10_000 });
  },
  START_TIMEOUT_MS,
);

test(
  'a delayed link slows down the writes that need it, in order',
  async () => {
    const { leader, followers } = await leading();
    const delayMs = 300;
    const delays = followers.map((to) => zk.network.delay({ from: leader, to, delayMs }));
    const startedMs = performance.now();
    expect(await creates(leader, '/slow')).toBe(true);
    // A session and a node, each agreed on by the leader and a follower that hears of it late.
    expect(performance.now() - startedMs).toBeGreaterThan(2 * delayMs);
    await Promise.all(delays.map((delay) => delay.lift()));
  },
  START_TIMEOUT_MS,
);

test(
  'servers whose connections were cut find each other again',
  async () => {
    const { leader } = await leading();
    expect(zk.network.cut({ from: leader })).toBeGreaterThan(1);
    await waitFor(() => creates(zk.servers[0]!, `/after-cut-${performance.now()}`, 2_000), {
      timeoutMs: 60_000,
    });
  },
  START_TIMEOUT_MS,
);

test('one server has no network, and says so', async () => {
  await expect(startZooKeeper({ partitionable: true })).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: 'partitionable is true, but one server has no links: start 3 or 5',
  });
});

test('containers have no network that can be interrupted', async () => {
  await expect(
    startZooKeeper({ servers: 3, partitionable: true, sources: ['container'] }),
  ).rejects.toMatchObject({
    code: 'ZOOKEEPER_MISSING',
    message: expect.stringContaining(
      'the links between servers in containers cannot be interrupted',
    ) as unknown,
  });
});
