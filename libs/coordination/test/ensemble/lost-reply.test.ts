import { transportUnderTest } from '../support/transport-under-test.js';
import {
  startFaultProxy,
  startZooKeeper,
  waitFor,
  type FaultProxy,
  type PartitionableZooKeeper,
  type ZooKeeperServer,
} from '@atalaya/test-kit';
import { connect, type Client, type WaitOptions } from '../../src/index.js';
import { TermRecorder } from '../support/terms.js';

/** How late a follower hears of what the others agree on. */
const LAG_MS = 700;
const LIMIT_MS = 120_000;
/** Indexes of the proxy's links. */
const [TO_LEADER, TO_LAGGING] = [0, 1];

let zooKeeper: PartitionableZooKeeper;
let leader: ZooKeeperServer;
let lagging: ZooKeeperServer;
let other: ZooKeeperServer;
let proxy: FaultProxy;
let admin: Client;
beforeAll(async () => {
  // Nobody gives up a server that lags.
  zooKeeper = await startZooKeeper({ servers: 3, partitionable: true, configuration: { syncLimit: 120 } });
  leader = (await zooKeeper.leader())!;
  [lagging, other] = zooKeeper.servers.filter((server) => server !== leader) as [
    ZooKeeperServer,
    ZooKeeperServer,
  ];
  proxy = await startFaultProxy({ upstreams: [leader, lagging] });
  admin = await connect({
    transport: transportUnderTest,
    hosts: `${leader.host}:${leader.port}`,
    sessionTimeoutMs: 30_000,
  });
}, 90_000);
afterEach(async () => {
  await zooKeeper.network.heal();
  await proxy.passThrough();
}, LIMIT_MS);
afterAll(async () => {
  await admin.close();
  await proxy.close();
  await zooKeeper.close();
});

const creations = () => (proxy.counters.requests.create ?? 0) + (proxy.counters.requests.create2 ?? 0);

interface LostReply extends AsyncDisposable {
  readonly client: Client;
  /** What the client waits for. */
  readonly waiting: Promise<unknown>;
}

/**
 * A client begins something by creating a znode. The leader takes the request and the client does not learn of it:
 * its connection breaks, and it comes back, in the same session, to a follower that hears of the znode only later.
 *
 * @param givenUp whether what was begun is aborted while the client is cut off
 */
async function loseReply(
  begin: (client: Client, options: WaitOptions) => Promise<unknown>,
  { givenUp }: { readonly givenUp: boolean },
): Promise<LostReply> {
  const toLagging = await proxy.refuse({ link: TO_LAGGING });
  const client = await connect({
    transport: transportUnderTest,
    hosts: proxy.connectString,
    sessionTimeoutMs: 30_000,
    retry: { initialDelayMs: 1, maxDelayMs: 10 },
  });
  const stop = new AbortController();
  const before = creations();
  // The leader waits for one follower's agreement; the other one's is kept back.
  const agreement = zooKeeper.network.stall({ from: other, to: leader });
  zooKeeper.network.delay({ from: leader, to: lagging, delayMs: LAG_MS });
  proxy.halfOpen({ link: TO_LEADER, direction: 'toClient' });
  const waiting = begin(client, { signal: stop.signal });
  waiting.catch(() => {});
  await waitFor(() => creations() > before, { describe: 'the request to be sent' });
  await waitFor(async () => /^Outstanding: [1-9]/m.test(await leader.fourLetterWord('srvr')), {
    intervalMs: 5,
    describe: 'the leader to take the request',
  });
  await proxy.refuse({ link: TO_LEADER });
  proxy.cut();
  await waitFor(() => client.state !== 'connected', { describe: 'the client to be cut off' });
  if (givenUp) stop.abort();
  await toLagging.lift();
  await waitFor(() => proxy.connections.some(({ link, session }) => link === TO_LAGGING && session), {
    timeoutMs: 30_000,
    describe: 'the client to be served by the follower that lags',
  });
  return {
    client,
    waiting,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await agreement.lift();
      await client.close();
    },
  };
}

/** Resolves when everything that was sent has arrived everywhere. */
async function caughtUp(): Promise<void> {
  await zooKeeper.network.heal();
  const { zxid: ahead } = await waitFor(() => leader.status(), { describe: 'the leader to say its state' });
  await waitFor(async () => ((await lagging.status())?.zxid ?? 0n) >= ahead, { timeoutMs: 30_000 });
}

test.each<
  [string, (client: Client, path: string, options: WaitOptions, held: () => void) => Promise<unknown>]
>([
  [
    'a candidate',
    (client, path, options, held) =>
      client.election(path, { id: 'a' }).run((term) => {
        held();
        return new TermRecorder().work(term);
      }, options),
  ],
  ['a lock', (client, path, options, held) => client.lock(path, { id: 'a' }).acquire(options).then(held)],
  [
    'a writer',
    (client, path, options, held) =>
      client.readWriteLock(path, { id: 'a' }).write.acquire(options).then(held),
  ],
  [
    'a reader',
    (client, path, options, held) => client.readWriteLock(path, { id: 'a' }).read.acquire(options).then(held),
  ],
])(
  'rule 22: %s finds the znode whose creation it did not learn of at a server that lags, and does not wait behind it',
  async (name, contend) => {
    const path = `/own-${name.replace(/\W+/g, '-')}`;
    await admin.ensurePath(path);
    let isHeld = false;
    await using lost = await loseReply(
      (client, options) =>
        contend(client, path, options, () => {
          isHeld = true;
        }),
      { givenUp: false },
    );
    await waitFor(async () => isHeld || (await admin.children(path)).length > 1, {
      timeoutMs: 30_000,
      describe: 'the znode to be found, or a second one beside it',
    });
    await caughtUp();
    expect(await admin.children(path)).toHaveLength(1);
    await waitFor(() => isHeld, { timeoutMs: 30_000, describe: 'it to be granted' });
    expect(lost.client.state).toBe('connected');
  },
  LIMIT_MS,
);

test.each<[string, (client: Client, path: string, options: WaitOptions) => Promise<unknown>]>([
  ['registration', (client, path, options) => client.register(path, { id: 'a', value: 'x', ...options })],
  ['candidacy', (client, path, options) => client.election(path, { id: 'a' }).run(() => {}, options)],
  ['wait for a lock', (client, path, options) => client.lock(path, { id: 'a' }).acquire(options)],
])(
  'rule 22: a %s that is given up while a server lags leaves no znode behind',
  async (name, begin) => {
    const path = `/given-up-${name.replace(/\W+/g, '-')}`;
    await admin.ensurePath(path);
    await using lost = await loseReply((client, options) => begin(client, path, options), { givenUp: true });
    // A candidacy ends without an error.
    await lost.waiting.catch(() => {});
    // Each child that comes and each that goes counts.
    const changes = await waitFor(async () => (await admin.exists(path))!.cversion, {
      timeoutMs: 30_000,
      describe: 'the znode to be created after all',
    });
    expect(changes).toBeGreaterThan(0);
    await caughtUp();
    await waitFor(async () => (await admin.children(path)).length === 0, {
      timeoutMs: 20_000,
      describe: 'the znode to be deleted',
    });
    expect(lost.client.state).toBe('connected');
  },
  LIMIT_MS,
);
