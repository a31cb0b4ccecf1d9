import { transportUnderTest } from '../support/transport-under-test.js';
import {
  startZooKeeper,
  waitFor,
  type PartitionableZooKeeper,
  type ZooKeeperServer,
} from '@atalaya/test-kit';
import { connect, type Client, type HeldLock, type Term } from '../../src/index.js';
import { TermRecorder } from '../support/terms.js';

/** In ticks of 1 s: a leader that has lost its followers goes on answering for as long, which is past each session. */
const SYNC_LIMIT = 15;
const LIMIT_MS = 240_000;

let zooKeeper: PartitionableZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({
    servers: 3,
    partitionable: true,
    tickTimeMs: 1_000,
    // One that leads in vain gives up after 10 s.
    configuration: { syncLimit: SYNC_LIMIT, initLimit: 10 },
  });
}, 90_000);
afterEach(async () => {
  await zooKeeper.network.heal();
  await zooKeeper.waitUntilServing();
}, LIMIT_MS);
afterAll(() => zooKeeper.close());

type Held = Pick<Term | HeldLock, 'remainingMs'>;

/** A client that holds, or waits for, every kind of lease. */
class Contender implements AsyncDisposable {
  readonly held = new Map<string, Held>();
  readonly #recorder = new TermRecorder();
  readonly #stop = new AbortController();
  readonly #waits: Promise<unknown>[] = [];

  constructor(
    readonly client: Client,
    private readonly path: string,
    private readonly onHeld: () => void,
  ) {}

  contend(sharedSide: 'read' | 'write'): void {
    const { client, path } = this;
    const id = 'contender';
    const { signal } = this.#stop;
    const options = { signal };
    this.#waits.push(
      client.election(`${path}/election`, { id }).run((term) => {
        this.#note('term', term);
        return this.#recorder.work(term);
      }, options),
    );
    this.#hold('lock', client.lock(`${path}/lock`, { id }).acquire(options));
    this.#hold('semaphore', client.semaphore(`${path}/semaphore`, { id, maxLeases: 1 }).acquire(options));
    this.#hold('write lock', client.readWriteLock(`${path}/write`, { id }).write.acquire(options));
    this.#hold('shared lock', client.readWriteLock(`${path}/shared`, { id })[sharedSide].acquire(options));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.client.close();
    await Promise.allSettled(this.#waits);
  }

  #hold(name: string, acquired: Promise<HeldLock>): void {
    this.#waits.push(
      acquired.then((held) => {
        this.#note(name, held);
      }),
    );
  }

  #note(name: string, held: Held): void {
    this.held.set(name, held);
    this.onHeld();
  }
}

const addresses = (servers: readonly ZooKeeperServer[]) =>
  servers.map(({ host, port }) => `${host}:${port}`).join(',');

async function restart(servers: readonly ZooKeeperServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
  await Promise.all(servers.map((server) => server.start()));
}

// First of all: an old session that the leader ends while it is cut off would hold up what it answers.
test(
  'rule 21: a leader that its followers have left answers no counter with a value of before',
  async () => {
    const leader = (await zooKeeper.leader())!;
    const followers = zooKeeper.servers.filter((server) => server !== leader);
    const sessionTimeoutMs = 30_000;
    await using first = await connect({
      transport: transportUnderTest,
      hosts: addresses([leader]),
      sessionTimeoutMs,
    });
    await using second = await connect({
      transport: transportUnderTest,
      hosts: addresses(followers),
      sessionTimeoutMs,
    });
    const counter = first.counter('/counter');
    expect(await counter.add(1)).toBe(1n);

    zooKeeper.network.isolate(leader);
    await restart(followers);
    expect(await second.counter('/counter').add(41)).toBe(42n);

    const cutOff = new AbortController();
    const answer = counter.get({ signal: cutOff.signal }).catch(() => 'no answer');
    const outcome = await Promise.race([answer, gaveUp(leader)]);
    cutOff.abort();
    expect(['no answer', 42n]).toContain(outcome);

    await zooKeeper.network.heal();
    expect(await counter.get()).toBe(42n);
  },
  LIMIT_MS,
);

/** Resolves when the server knows that it does not lead any more. */
async function gaveUp(leader: ZooKeeperServer): Promise<'no answer'> {
  await waitFor(async () => (await leader.mode()) !== 'leader', { timeoutMs: 120_000 });
  return 'no answer';
}

test.each([4_000, 6_000])(
  'rule 21: what is held over a leader that its followers have left has lapsed before the next holder begins; sessions of %d ms',
  async (sessionTimeoutMs) => {
    const leader = (await zooKeeper.leader())!;
    const followers = zooKeeper.servers.filter((server) => server !== leader);
    const path = `/two-holders-${sessionTimeoutMs}`;
    const overlaps = new Set<string>();
    const contenders: Contender[] = [];
    const compare = (): void => {
      const [first, second] = contenders;
      for (const [name, held] of first?.held ?? []) {
        const [before, now] = [held.remainingMs(), second?.held.get(name)?.remainingMs() ?? 0];
        if (before > 0 && now > 0) overlaps.add(name);
      }
    };
    const connected = (servers: readonly ZooKeeperServer[]) =>
      connect({ transport: transportUnderTest, hosts: addresses(servers), sessionTimeoutMs });
    await using first = new Contender(await connected([leader]), path, compare);
    contenders.push(first);
    first.contend('read');
    await waitFor(() => first.held.size === 5, { timeoutMs: 30_000, describe: 'the first to hold all five' });
    await using second = new Contender(await connected(followers), path, compare);
    contenders.push(second);
    second.contend('write');

    const sampling = setInterval(compare, 5);
    try {
      zooKeeper.network.isolate(leader);
      await restart(followers);
      await waitFor(() => second.held.size === 5, {
        timeoutMs: 120_000,
        describe: 'the second to hold all five',
      });
      compare();
    } finally {
      clearInterval(sampling);
    }
    expect([...overlaps]).toEqual([]);
  },
  LIMIT_MS,
);
