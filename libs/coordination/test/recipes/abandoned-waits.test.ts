import { createClient, decimalCodec, type Client } from '../../src/index.js';
import { pass, passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';
import { RecordingMeter } from '../support/recording-meter.js';

useFakeClock();

const path = '/recipe';
/** An attempt is given up after each of these times in turn, so at each of its steps. */
const steps = Array.from({ length: 30 }, (_, ms) => ms);

interface Recipe {
  /** Takes what the waiter then waits for. */
  readonly hold: (client: Client) => Promise<unknown>;
  readonly attempt: (client: Client, signal: AbortSignal) => Promise<unknown>;
}

const recipes: Readonly<Record<string, Recipe>> = {
  lock: {
    hold: (client) => client.lock(path, { id: 'holder' }).acquire(),
    attempt: (client, signal) => client.lock(path, { id: 'waiter' }).acquire({ signal }),
  },
  'read lock': {
    hold: (client) => client.readWriteLock(path, { id: 'holder' }).write.acquire(),
    attempt: (client, signal) => client.readWriteLock(path, { id: 'waiter' }).read.acquire({ signal }),
  },
  'write lock': {
    hold: (client) => client.readWriteLock(path, { id: 'holder' }).read.acquire(),
    attempt: (client, signal) => client.readWriteLock(path, { id: 'waiter' }).write.acquire({ signal }),
  },
  semaphore: {
    hold: (client) => client.semaphore(path, { id: 'holder', maxLeases: 1 }).acquire(),
    attempt: (client, signal) => client.semaphore(path, { id: 'waiter', maxLeases: 1 }).acquire({ signal }),
  },
  'double barrier': {
    hold: (client) => client.ensurePath(path),
    attempt: (client, signal) => client.doubleBarrier(path, { id: 'waiter', size: 2 }).enter({ signal }),
  },
  election: {
    hold: (client) => client.lock(path, { id: 'holder' }).acquire(),
    attempt: (client, signal) => client.election(path, { id: 'waiter' }).run(() => {}, { signal }),
  },
  'observation of an election': {
    hold: (client) => client.lock(path, { id: 'holder' }).acquire(),
    attempt: async (client, signal) => {
      const leaders = client.election(path, { id: 'waiter' }).observe({ signal });
      while (!(await leaders.next()).done);
    },
  },
  'registration that waits for its id': {
    hold: (client) => client.register(path, { id: 'i', value: 'held' }),
    attempt: (client, signal) =>
      client.register(path, { id: 'i', value: 'wanted', onConflict: 'wait', signal }),
  },
  'group that is opened': {
    hold: async (client) => {
      await client.ensurePath(path);
      await Promise.all(['a', 'b'].map((id) => client.create(`${path}/${id}`, { data: '1' })));
    },
    attempt: async (client, signal) => {
      const group = await client.group(path, { codec: decimalCodec, signal });
      await group.close();
    },
  },
};

test.each(Object.entries(recipes))(
  'an attempt that is given up leaves no listener and no znode behind, at whatever step: %s',
  async (_name, { hold, attempt }) => {
    const zooKeeper = new FakeZooKeeper();
    const meter = new RecordingMeter();
    const options = { hosts: 'fake:1', sessionTimeoutMs: 6_000, transport: zooKeeper.transport };
    const [holder, waiter] = [createClient(options), createClient({ ...options, meter })];
    let held = false;
    void hold(holder).then(() => (held = true));
    await passUntil(() => held && waiter.state === 'connected');
    const znodes = zooKeeper.tree.size;
    for (const ms of steps) {
      const stop = new AbortController();
      const reason = new Error('given up');
      let settled = false;
      void attempt(waiter, stop.signal)
        .catch((error: unknown) => {
          expect(error).toBe(reason);
        })
        .finally(() => (settled = true));
      await pass(ms);
      stop.abort(reason);
      await passUntil(() => settled);
      await pass(50);
      expect({ ms, pending: meter.latest('watchesPending') ?? 0 }).toEqual({ ms, pending: 0 });
    }
    // Parents that an attempt made stay.
    const parents = [path, `${path}-__lock__`].filter((each) => zooKeeper.tree.has(each)).length;
    expect(zooKeeper.tree.size).toBeLessThanOrEqual(znodes + parents);
    await Promise.all([holder.close(), waiter.close()]);
  },
);

test('a group that is closed while it reads leaves no listener behind', async () => {
  const zooKeeper = new FakeZooKeeper();
  const meter = new RecordingMeter();
  const client = createClient({
    hosts: 'fake:1',
    sessionTimeoutMs: 6_000,
    transport: zooKeeper.transport,
    meter,
  });
  zooKeeper.tree.create(path, Buffer.alloc(0), 0n, false);
  zooKeeper.tree.create(`${path}/a`, Buffer.from('1'), 0n, false);
  for (let ms = 0; ms < 8; ms++) {
    let closed = false;
    void client.group(path, { codec: decimalCodec }).then(async (group) => {
      zooKeeper.tree.set(`${path}/a`, Buffer.from(String(ms)), undefined);
      zooKeeper.tree.create(`${path}/b`, Buffer.from('2'), 0n, false);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await group.close();
      zooKeeper.tree.delete(`${path}/b`);
      closed = true;
    });
    await passUntil(() => closed);
    await pass(50);
    expect({ ms, pending: meter.latest('watchesPending') }).toEqual({ ms, pending: 0 });
  }
  await client.close();
});
