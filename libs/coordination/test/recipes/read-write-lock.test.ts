import { waitFor } from '@atalaya/test-kit';
import type { Lock } from '../../src/index.js';
import { assertKazooInstalled } from '../kazoo/kazoo-candidate.js';
import { KazooRecipe } from '../kazoo/kazoo-recipe.js';
import { RecipeBench } from './support/recipe-bench.js';

let bench: RecipeBench;
beforeAll(async () => {
  bench = await RecipeBench.start();
}, 90_000);
afterAll(async () => {
  await bench.close();
});
afterEach(async () => {
  await bench.heal();
});

const queued = (lock: Lock, ...ids: string[]) =>
  waitFor(async () => (await lock.contenders()).map(({ id }) => id).join() === ids.join());

test('readers share the lock, a writer has it alone, and both keep the order of their znodes', async () => {
  const { first, second } = bench;
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id, index) =>
    [first, second][index % 2]!.readWriteLock('/order', { id }),
  ) as [Sides, Sides, Sides, Sides];
  const readA = await a.read.acquire();
  const readB = await b.read.acquire();
  const writing = c.write.acquire();
  await queued(a.read, 'a', 'b', 'c');
  const reading = d.read.acquire();
  await queued(a.read, 'a', 'b', 'c', 'd');
  expect([c.write.state, d.read.state]).toEqual(['waiting', 'waiting']);
  await readA.release();
  await queued(a.read, 'b', 'c', 'd');
  expect(c.write.state).toBe('waiting');
  await readB.release();
  const writeC = await writing;
  expect((await writeC.confirm()).serverTimeMs).toBeGreaterThan(0);
  expect(writeC.token).toBeGreaterThan(readB.token);
  expect(d.read.state).toBe('waiting');
  await expect(c.write.acquire()).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  await writeC.release();
  await (await reading).release();
  expect(await first.children('/order')).toEqual([]);
  await waitFor(async () => (await bench.watchedPaths('/order')).length === 0);
});

test('fifty rounds of readers and writers: never a writer beside anybody, and readers together', async () => {
  let [readers, writers, mostReaders] = [0, 0, 0];
  for (let round = 0; round < 50; round++) {
    await Promise.all(
      ['read', 'read', 'write', 'read', 'write', 'read'].map(async (side, index) => {
        const client = [bench.first, bench.second][index % 2]!;
        const lock = client.readWriteLock('/many', { id: `c${index}` })[side as 'read' | 'write'];
        await using _held = await lock.acquire();
        if (side === 'write') {
          expect([++writers, readers]).toEqual([1, 0]);
          await new Promise(setImmediate);
          writers -= 1;
        } else {
          mostReaders = Math.max(mostReaders, ++readers);
          expect(writers).toBe(0);
          await client.exists('/many');
          readers -= 1;
        }
      }),
    );
  }
  expect(mostReaders).toBeGreaterThan(1);
  expect(await bench.first.children('/many')).toEqual([]);
}, 60_000);

test('an attempt that is aborted leaves no znode behind', async () => {
  const { first, second } = bench;
  const held = await first.readWriteLock('/cancelled', { id: 'a' }).write.acquire();
  const { read, write } = second.readWriteLock('/cancelled', { id: 'b' });
  await expect(read.acquire({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  for (let round = 0; round < 50; round++) {
    const stop = new AbortController();
    const reason = new Error('given up');
    const waiting = (round % 2 === 0 ? read : write).acquire({ signal: stop.signal });
    for (let step = 0; step < round % 15; step++) await new Promise(setImmediate);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  }
  await waitFor(async () => (await first.children('/cancelled')).length === 1);
  await held.release();
  await waitFor(async () => (await bench.watchedPaths('/cancelled')).length === 0);
});

test('a reader whose session expires is aborted, and the writer behind it goes on; a waiting one queues again', async () => {
  const { first, second } = bench;
  const held = await first.readWriteLock('/expiry', { id: 'a' }).read.acquire();
  const { write } = second.readWriteLock('/expiry', { id: 'b' });
  const writing = write.acquire();
  await queued(write, 'a', 'b');
  const [earlier, before] = [second.sessionId, (await write.contenders())[1]!.token];
  await bench.expire(second);
  await waitFor(async () => {
    const [, waiting] = await write.contenders();
    return second.sessionId !== earlier && waiting !== undefined && waiting.token > before;
  });
  await bench.expire(first);
  const next = await writing;
  await waitFor(() => held.signal.aborted);
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
  await Promise.all([held.release(), next.release()]);
});

test.each(['read', 'write'] as const)(
  'the lost reply to the creation of a %ser costs no second znode',
  async (side) => {
    const path = `/lost-${side}`;
    await bench.first.ensurePath(path);
    await using fault = bench.proxy.dropReplies({ operation: ['create', 'create2'], path: /__r?lock__/ });
    await using _held = await bench.first.readWriteLock(path, { id: 'a' })[side].acquire();
    expect(fault.hits).toBe(1);
    expect(await bench.direct.children(path)).toHaveLength(1);
  },
);

test("this library and kazoo's ReadLock and WriteLock share one lock, and the death of a holder frees it", async () => {
  assertKazooInstalled();
  const { direct, hosts } = { direct: bench.direct, hosts: bench.hosts };
  const [reader, writer] = await Promise.all([
    KazooRecipe.start({ hosts, recipe: 'ReadLock', path: '/kazoo', id: 'kr' }),
    KazooRecipe.start({ hosts, recipe: 'WriteLock', path: '/kazoo', id: 'kw' }),
  ]);
  await using _reader = reader;
  await using _writer = writer;
  const { read, write } = direct.readWriteLock('/kazoo', { id: 'ours' });
  // Readers of both together, and a writer of kazoo behind them.
  const ours = await read.acquire();
  expect(BigInt(await reader.ask('acquire'))).toBeGreaterThan(ours.token);
  const kazooWrites = writer.ask('acquire');
  await queued(read, 'ours', 'kr', 'kw');
  await reader.ask('release');
  await queued(read, 'ours', 'kw');
  await ours.release();
  const kazooToken = BigInt(await kazooWrites);
  // A reader and then a writer of this library behind kazoo's writer, which dies.
  const reading = read.acquire();
  await queued(read, 'kw', 'ours');
  const writing = write.acquire();
  await queued(read, 'kw', 'ours', 'ours');
  expect([read.state, write.state]).toEqual(['waiting', 'waiting']);
  await writer.kill();
  const held = await reading;
  expect(held.token).toBeGreaterThan(kazooToken);
  expect(write.state).toBe('waiting');
  await held.release();
  const last = await writing;
  // A reader of kazoo behind our writer.
  const kazooReads = reader.ask('acquire');
  await queued(read, 'ours', 'kr');
  await last.release();
  expect(BigInt(await kazooReads)).toBeGreaterThan(last.token);
  await reader.ask('release');
}, 30_000);

type Sides = ReturnType<typeof bench.first.readWriteLock>;
