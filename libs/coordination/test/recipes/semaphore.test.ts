import { transportUnderTest } from '../support/transport-under-test.js';
import { waitFor } from '@atalaya/test-kit';
import { createClient, type Client, type Semaphore } from '../../src/index.js';
import type { HeldLock } from '../../src/holding/held-lock.js';
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

const leases = async (client: Client, path: string) => (await client.children(path)).length;
const waits = async (client: Client, path: string) =>
  waitFor(async () => (await client.children(`${path}-__lock__`)).length > 0);
const ids = async (semaphore: Semaphore) => (await semaphore.leaseHolders()).map(({ id }) => id);

test('a semaphore of two has two holders at a time, and grants in the order of asking', async () => {
  const { first, second } = bench;
  const [a, b, c] = ['a', 'b', 'c'].map((id, index) =>
    [first, second][index % 2]!.semaphore('/order', { id, maxLeases: 2 }),
  ) as [Semaphore, Semaphore, Semaphore];
  const [heldA, heldB] = [await a.acquire(), await b.acquire()];
  expect(heldB.token).toBeGreaterThan(heldA.token);
  expect((await heldA.confirm()).serverTimeMs).toBeGreaterThan(0);
  const waiting = c.acquire();
  await waits(first, '/order');
  expect(c.state).toBe('waiting');
  expect(await ids(c)).toEqual(['a', 'b']);
  expect((await first.get('/order')).data.toString()).toBe('2');
  await heldB.release();
  const heldC = await waiting;
  expect(await ids(c)).toEqual(['a', 'c']);
  await expect(c.acquire()).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  await Promise.all([heldA.release(), heldC.release()]);
  expect(await leases(first, '/order')).toBe(0);
  await waitFor(async () => (await first.children('/order-__lock__')).length === 0);
  await waitFor(async () => (await bench.watchedPaths('/order')).length === 0);
});

test('another number of leases is refused, and data that is not a number is left alone', async () => {
  const { first } = bench;
  await using _held = await first.semaphore('/sized', { id: 'a', maxLeases: 2 }).acquire();
  await expect(first.semaphore('/sized', { id: 'b', maxLeases: 3 }).acquire()).rejects.toMatchObject({
    code: 'SEMAPHORE_MISMATCH',
    path: '/sized',
  });
  await first.create('/noted', { data: 'of the printers' });
  await using _other = await first.semaphore('/noted', { id: 'a', maxLeases: 1 }).acquire();
  expect((await first.get('/noted')).data.toString()).toBe('of the printers');
  expect(() => first.semaphore('/none', { id: 'a', maxLeases: 0 })).toThrow(/maxLeases is 0/);
});

test('an attempt that is aborted, or that takes too long, leaves no znode behind, and the next one goes on', async () => {
  const { first, second } = bench;
  const held = await first.semaphore('/cancelled', { id: 'a', maxLeases: 1 }).acquire();
  const semaphore = second.semaphore('/cancelled', { id: 'b', maxLeases: 1 });
  await expect(semaphore.acquire({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  for (let round = 0; round < 50; round++) {
    const stop = new AbortController();
    const reason = new Error('given up');
    const waiting = semaphore.acquire({ signal: stop.signal });
    if (round % 3 === 1) await new Promise(setImmediate);
    if (round % 3 === 2) await waits(first, '/cancelled');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  }
  await waitFor(async () => (await first.children('/cancelled-__lock__')).length === 0);
  expect(await leases(first, '/cancelled')).toBe(1);
  const waiting = semaphore.acquire();
  await held.release();
  await (await waiting).release();
  expect(await leases(first, '/cancelled')).toBe(0);
  await waitFor(async () => (await bench.watchedPaths('/cancelled')).length === 0);
}, 30_000);

test('an abort at the very moment of the grant never leaves a lease behind', async () => {
  const { first } = bench;
  await first.ensurePath('/moment');
  // A tenth further in each round: from before the first request to after the last answer, however slow the server.
  for (let [granted, steps] = [0, 0]; granted < 5; steps = Math.ceil(steps * 1.1 + 0.1)) {
    const stop = new AbortController();
    const acquired = first
      .semaphore('/moment', { id: 'a', maxLeases: 1 })
      .acquire({ signal: stop.signal })
      .then(
        (held) => held.release().then(() => true),
        () => false,
      );
    for (let step = 0; step < steps; step++) await new Promise(setImmediate);
    stop.abort();
    granted = (await acquired) ? granted + 1 : 0;
  }
  await waitFor(async () => (await leases(first, '/moment')) === 0);
  await waitFor(async () => (await first.children('/moment-__lock__')).length === 0);
});

test('a lease whose session expires is lost, and goes to the next one; a contender whose session expires queues again', async () => {
  const { first, second } = bench;
  const held = await first.semaphore('/expiry', { id: 'a', maxLeases: 1 }).acquire();
  const waiting = second.semaphore('/expiry', { id: 'b', maxLeases: 1 }).acquire();
  await waits(first, '/expiry');
  const earlier = second.sessionId;
  await bench.expire(second);
  await waitFor(() => second.state === 'connected' && second.sessionId !== earlier);
  await waits(second, '/expiry');
  await bench.expire(first);
  const next = await waiting;
  await waitFor(() => held.signal.aborted);
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST' });
  expect(next.token).toBeGreaterThan(held.token);
  await Promise.all([held.release(), next.release()]);
});

test('the lost reply to the creation of a lease costs no second lease', async () => {
  const { first } = bench;
  await first
    .semaphore('/lost-reply', { id: 'a', maxLeases: 2 })
    .acquire()
    .then((held) => held.release());
  await using fault = bench.proxy.dropReplies({
    operation: ['create', 'create2'],
    path: /\/lost-reply\/[0-9a-f]{32}$/,
  });
  await using _held = await first.semaphore('/lost-reply', { id: 'a', maxLeases: 2 }).acquire();
  expect(fault.hits).toBe(1);
  expect(await leases(first, '/lost-reply')).toBe(1);
});

test('fifty times five contenders for three leases: never a fourth holder, and each one gets a lease', async () => {
  let [holders, most] = [0, 0];
  for (let round = 0; round < 50; round++) {
    let left = 5;
    await Promise.all(
      Array.from({ length: left }, async (_, index) => {
        const client = [bench.first, bench.second][index % 2]!;
        await using _held = await client.semaphore('/many', { id: `c${index}`, maxLeases: 3 }).acquire();
        most = Math.max(most, ++holders);
        // All leases are in use as long as there are enough who want one.
        while (holders < Math.min(3, left)) await client.exists('/many');
        holders -= 1;
        left -= 1;
      }),
    );
  }
  expect(most).toBe(3);
  expect(await leases(bench.first, '/many')).toBe(0);
}, 60_000);

test("where the lock's znode of a contender is deleted by others, no lease is granted beyond the number", async () => {
  const { first, second } = bench;
  const held = await first.semaphore('/tampered', { id: 'a', maxLeases: 1 }).acquire();
  const granted: HeldLock[] = [];
  const waiting = [first, second, first].map(async (client, index) => {
    granted.push(await client.semaphore('/tampered', { id: `w${index}`, maxLeases: 1 }).acquire());
  });
  for (let deleted = 0; deleted < 2; deleted++) {
    await waitFor(async () => (await first.children('/tampered-__lock__')).length === 3 - deleted);
    const names = await first.children('/tampered-__lock__');
    const [head] = names.sort((x, y) => (x.slice(-10) < y.slice(-10) ? -1 : 1));
    await first.delete(`/tampered-__lock__/${head!}`);
  }
  await held.release();
  for (let count = 1; count <= 3; count++) {
    await waitFor(() => granted.length === count);
    expect(await ids(first.semaphore('/tampered', { id: 'x', maxLeases: 1 }))).toContain(granted.at(-1)!.id);
    expect(granted.filter(({ signal }) => !signal.aborted)).toHaveLength(1);
    await granted.at(-1)!.release();
  }
  await Promise.all(waiting);
});

test("this library and kazoo's Semaphore share the leases, and the death of a holder frees one", async () => {
  assertKazooInstalled();
  const client = createClient({ transport: transportUnderTest, hosts: bench.hosts, sessionTimeoutMs: 4_000 });
  await using _closed = client;
  await using kazoo = await KazooRecipe.start({
    hosts: bench.hosts,
    recipe: 'Semaphore',
    path: '/kazoo',
    id: 'kazoo',
    size: 2,
  });
  const [a, b] = ['a', 'b'].map((id) => client.semaphore('/kazoo', { id, maxLeases: 2 })) as [
    Semaphore,
    Semaphore,
  ];
  // Kazoo sets the semaphore up, and reads what this library writes.
  const token = BigInt(await kazoo.ask('acquire'));
  expect((await client.get('/kazoo')).data.toString()).toBe('2');
  const heldA = await a.acquire();
  expect(heldA.token).toBeGreaterThan(token);
  const waiting = b.acquire();
  await waits(client, '/kazoo');
  expect(await ids(b)).toEqual(['kazoo', 'a']);
  await kazoo.ask('release');
  const heldB = await waiting;
  const granted = kazoo.ask('acquire');
  await waits(client, '/kazoo');
  expect(await ids(b)).toEqual(['a', 'b']);
  await heldA.release();
  expect(BigInt(await granted)).toBeGreaterThan(heldB.token);
  const again = a.acquire();
  await waits(client, '/kazoo');
  await kazoo.kill();
  await (await again).release();
  await heldB.release();
}, 30_000);
