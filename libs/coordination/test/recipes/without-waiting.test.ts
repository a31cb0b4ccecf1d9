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

test('what is held by somebody else is not acquired by trying, and trying leaves nothing in the queue', async () => {
  const { first, second } = bench;
  const lock = second.lock('/tried', { id: 'b' });
  const held = await first.lock('/tried', { id: 'a' }).tryAcquire();
  expect(held?.remainingMs()).toBeGreaterThan(0);
  expect(await lock.tryAcquire()).toBeUndefined();
  expect(lock.state).toBe('idle');
  expect((await lock.contenders()).map(({ id }) => id)).toEqual(['a']);
  await held!.release();
  await using mine = await lock.tryAcquire();
  expect(mine?.token).toBeGreaterThan(held!.token);
});

test('readers do not exclude one another, and a writer that tries is refused', async () => {
  const { first, second } = bench;
  await using reader = await first.readWriteLock('/tried-shared', { id: 'a' }).read.tryAcquire();
  const { read, write } = second.readWriteLock('/tried-shared', { id: 'b' });
  expect(await write.tryAcquire()).toBeUndefined();
  await using other = await read.tryAcquire();
  expect([reader, other].map((held) => held?.id)).toEqual(['a', 'b']);
});

test('of a semaphore the last lease is acquired by trying, and no more', async () => {
  const { first, second } = bench;
  const semaphore = (id: string) =>
    (id === 'a' ? first : second).semaphore('/tried-semaphore', { id, maxLeases: 2 });
  const held = await Promise.all(['a', 'b'].map((id) => semaphore(id).tryAcquire()));
  expect(held.map((each) => each?.id)).toEqual(['a', 'b']);
  expect(await semaphore('c').tryAcquire()).toBeUndefined();
  await held[0]!.release();
  await using next = await semaphore('c').tryAcquire();
  expect(next?.id).toBe('c');
  await held[1]!.release();
});

test('run acquires, works and releases, also when the work fails', async () => {
  const lock = bench.first.lock('/run', { id: 'a' });
  expect(await lock.run(({ token }) => token)).toBeGreaterThan(0n);
  expect(lock.state).toBe('idle');
  await expect(lock.run(() => Promise.reject(new Error('of the work')))).rejects.toThrow('of the work');
  expect(lock.state).toBe('idle');
  expect(await bench.first.children('/run')).toEqual([]);
  const other = bench.second.lock('/run', { id: 'b' });
  await lock.run(async () => {
    await expect(other.run(() => {}, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  });
});
