import { transportUnderTest } from '../support/transport-under-test.js';
import { waitFor } from '@atalaya/test-kit';
import { createClient, LockLostError } from '../../src/index.js';
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

test('contenders are granted the lock one at a time, in the order of their znodes, with growing tokens', async () => {
  const { first, second } = bench;
  const held = await first.lock('/order', { id: 'a' }).acquire();
  expect(held.remainingMs()).toBeGreaterThan(0);
  expect((await held.confirm()).serverTimeMs).toBeGreaterThan(0);
  const waiter = second.lock('/order', { id: 'b' });
  const waiting = waiter.acquire();
  await waitFor(async () => (await first.children('/order')).length === 2);
  expect(waiter.state).toBe('waiting');
  expect((await waiter.contenders()).map(({ id }) => id)).toEqual(['a', 'b']);
  expect((await first.children('/order')).sort()).toEqual([
    expect.stringMatching(/^[0-9a-f]{32}__lock__0{10}$|1$/),
    expect.stringMatching(/^[0-9a-f]{32}__lock__\d{10}$/),
  ]);
  await held.release();
  await held.release();
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'released' });
  const next = await waiting;
  expect(next.token).toBeGreaterThan(held.token);
  expect(waiter.held).toBe(next);
  await next.release();
  expect(waiter.state).toBe('idle');
  expect(await first.children('/order')).toEqual([]);
  await waitFor(async () => (await bench.watchedPaths('/order')).length === 0);
});

test('a lock is not reentrant, and says so at once', async () => {
  const client = bench.first;
  const lock = client.lock('/reentrancy', { id: 'a' });
  const waiting = lock.acquire();
  await expect(lock.acquire()).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  const held = await waiting;
  await expect(lock.acquire()).rejects.toThrow(/holds it already/);
  await held.release();
  await using again = await lock.acquire();
  expect(again.token).toBeGreaterThan(held.token);
});

test('an attempt that is aborted, or that takes too long, leaves no znode and no pile of watches behind', async () => {
  const { first: holder, second: other } = bench;
  const held = await holder.lock('/cancelled', { id: 'a' }).acquire();
  const lock = other.lock('/cancelled', { id: 'b' });
  await expect(lock.acquire({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  for (let round = 0; round < 50; round++) {
    const stop = new AbortController();
    const reason = new Error('given up');
    const waiting = lock.acquire({ signal: stop.signal });
    // Before the creation, during it, and while waiting.
    if (round % 3 === 1) await new Promise(setImmediate);
    if (round % 3 === 2) await waitFor(async () => (await holder.children('/cancelled')).length > 1);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(lock.state).toBe('idle');
  }
  await waitFor(async () => (await holder.children('/cancelled')).length === 1);
  // The holder's own znode is watched by both; a one-shot watch is over when its znode goes.
  expect(await bench.watchedPaths('/cancelled')).toHaveLength(1);
  await held.release();
  await waitFor(async () => (await bench.watchedPaths('/cancelled')).length === 0);
}, 30_000);

test('the signal of a lock whose session expires aborts, and the next contender is granted it with a larger token', async () => {
  const { first, second } = bench;
  const lock = first.lock('/expiry', { id: 'a' });
  const held = await lock.acquire();
  const waiting = second.lock('/expiry', { id: 'b' }).acquire();
  await waitFor(async () => (await second.children('/expiry')).length === 2);
  await bench.expire(first);
  const next = await waiting;
  await waitFor(() => held.signal.aborted);
  expect(held.signal.reason).toBeInstanceOf(LockLostError);
  expect(held.remainingMs()).toBe(0);
  await expect(held.confirm()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  expect(next.token).toBeGreaterThan(held.token);
  expect(lock.state).toBe('lost');
  await expect(lock.acquire()).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  await held.release();
  await next.release();
  await using again = await lock.acquire();
  expect(again.token).toBeGreaterThan(next.token);
});

test('a contender whose session expires while it waits queues again', async () => {
  const { first, second } = bench;
  const held = await first.lock('/requeue', { id: 'a' }).acquire();
  const waiting = second.lock('/requeue', { id: 'b' }).acquire();
  await waitFor(async () => (await first.children('/requeue')).length === 2);
  const earlier = second.sessionId;
  await bench.expire(second);
  await waitFor(async () => (await first.children('/requeue')).length === 2 && second.sessionId !== earlier);
  await held.release();
  await (await waiting).release();
});

test('the lost reply of a creation costs no second znode', async () => {
  const client = bench.first;
  await client.ensurePath('/lost-reply');
  await using fault = bench.proxy.dropReplies({ operation: ['create', 'create2'], path: /__lock__/ });
  await using held = await client.lock('/lost-reply', { id: 'a' }).acquire();
  expect(fault.hits).toBe(1);
  expect(await client.children('/lost-reply')).toHaveLength(1);
  expect(held.signal.aborted).toBe(false);
});

test('a suspension ends what is held at once, or at the end of the lease where that was asked for', async () => {
  const { first: strict, second: lenient } = bench;
  const stopped = await strict.lock('/one', { id: 'a' }).acquire();
  const kept = await lenient.lock('/two', { id: 'a' }).acquire({ onSuspended: 'continue' });
  bench.cut(strict);
  bench.cut(lenient);
  await waitFor(() => stopped.signal.aborted);
  expect(stopped.signal.reason).toMatchObject({ reason: 'suspended' });
  await waitFor(() => lenient.state === 'connected');
  expect((await kept.confirm()).serverTimeMs).toBeGreaterThan(0);
  await Promise.all([stopped.release(), kept.release()]);
  await waitFor(async () => (await lenient.children('/one')).length === 0);
});

test('closing the client ends what is held and every wait', async () => {
  const client = createClient({ transport: transportUnderTest, hosts: bench.hosts, sessionTimeoutMs: 4_000 });
  const other = bench.first;
  const held = await client.lock('/close', { id: 'a' }).acquire();
  const waiting = client.lock('/close', { id: 'b' }).acquire();
  await waitFor(async () => (await other.children('/close')).length === 2);
  const refused = expect(waiting).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  await client.close();
  await refused;
  expect(held.signal.reason).toMatchObject({ code: 'LOCK_LOST', reason: 'closed' });
  await held.release();
  await waitFor(async () => (await other.children('/close')).length === 0);
});

test('fifty times ten contenders: never two hold the lock at a time, and each one gets it', async () => {
  const contenders = [bench.first, bench.second] as const;
  let [holders, most, last] = [0, 0, 0n];
  for (let round = 0; round < 50; round++) {
    await Promise.all(
      Array.from({ length: 10 }, async (_, index) => {
        await using held = await contenders[index % 2]!.lock('/many', { id: `c${index}` }).acquire();
        most = Math.max(most, ++holders);
        expect(held.token).toBeGreaterThan(last);
        last = held.token;
        await new Promise(setImmediate);
        holders -= 1;
      }),
    );
  }
  expect(most).toBe(1);
  expect(await contenders[0].children('/many')).toEqual([]);
}, 180_000);

test("this library and kazoo's Lock exclude each other, and the death of a holder frees the lock", async () => {
  assertKazooInstalled();
  const client = bench.first;
  await client.ensurePath('/kazoo');
  const kazoo = await KazooRecipe.start({ hosts: bench.hosts, recipe: 'Lock', path: '/kazoo', id: 'kazoo' });
  await using _killed = kazoo;
  const lock = client.lock('/kazoo', { id: 'ours' });
  let held = await lock.acquire();
  const granted = kazoo.ask('acquire');
  await waitFor(async () => (await lock.contenders()).map(({ id }) => id).join() === 'ours,kazoo');
  await held.release();
  const token = BigInt(await granted);
  expect(token).toBeGreaterThan(held.token);
  const waiting = lock.acquire();
  await waitFor(async () => (await lock.contenders()).map(({ id }) => id).join() === 'kazoo,ours');
  expect(lock.state).toBe('waiting');
  await kazoo.kill();
  held = await waiting;
  expect(held.token).toBeGreaterThan(token);
  await held.release();
}, 30_000);
