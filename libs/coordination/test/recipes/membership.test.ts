import { transportUnderTest } from '../support/transport-under-test.js';
import { waitFor } from '@atalaya/test-kit';
import { createClient, textCodec } from '../../src/index.js';
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

const codec = textCodec;

test('one who joined is in the own view at once, and in that of others', async () => {
  const { first, second } = bench;
  await using watcher = await second.membership('/workers', { codec });
  const changes = watcher.changes();
  const membership = await first.membership('/workers', { codec });
  expect(membership.self).toBeUndefined();
  await membership.join({ id: 'a', value: 'idle' });
  expect(membership.snapshot().members.get('a')?.value).toBe('idle');
  expect(membership.self?.state).toBe('registered');
  expect((await changes.next()).value).toMatchObject({ type: 'joined', id: 'a' });
  await membership.set('busy');
  expect((await changes.next()).value).toMatchObject({ type: 'updated', member: { value: 'busy' } });
  await membership.leave();
  await membership.leave();
  expect((await changes.next()).value).toMatchObject({ type: 'left', id: 'a' });
  await expect(membership.set('x')).rejects.toMatchObject({ code: 'REGISTRATION_CLOSED' });
  await membership.close();
  await membership.close();
  await expect(membership.join({ id: 'a', value: 'x' })).rejects.toMatchObject({
    code: 'REGISTRATION_CLOSED',
  });
  expect(await first.children('/workers')).toEqual([]);
});

test('an id that is taken is a conflict, and a member cannot join twice', async () => {
  const { first, second } = bench;
  await using one = await first.membership('/taken', { codec });
  await using other = await second.membership('/taken', { codec });
  await one.join({ id: 'a', value: '1' });
  await expect(other.join({ id: 'a', value: '2' })).rejects.toMatchObject({ code: 'REGISTRATION_CONFLICT' });
  await expect(one.join({ id: 'b', value: '2' })).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  const waiting = other.join({ id: 'a', value: '2', onConflict: 'wait' });
  await one.leave();
  await waiting;
  expect(other.snapshot().members.get('a')?.value).toBe('2');
});

test('a wait to join that is aborted leaves nothing behind, and the next one goes on', async () => {
  const { first, second } = bench;
  await using one = await first.membership('/aborted', { codec });
  await using other = await second.membership('/aborted', { codec });
  await one.join({ id: 'a', value: '1' });
  const stop = new AbortController();
  const reason = new Error('given up');
  const waiting = other.join({ id: 'a', value: '2', onConflict: 'wait', signal: stop.signal });
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  for (let round = 0; round < 50; round++) {
    const each = new AbortController();
    const joining = other.join({ id: 'b', value: 'x', signal: each.signal });
    for (let step = 0; step < round % 10; step++) await new Promise(setImmediate);
    each.abort(reason);
    await joining.then(
      () => other.leave(),
      () => {},
    );
    await other.leave();
  }
  await waitFor(async () => (await first.children('/aborted')).join() === 'a');
  await other.join({ id: 'b', value: '3' });
  expect([...other.snapshot().members.keys()].sort()).toEqual(['a', 'b']);
});

test('a member stays one through an expiry of its session, with its latest value', async () => {
  const { first, second } = bench;
  await using watcher = await second.membership('/expiry', { codec });
  await using membership = await first.membership('/expiry', { codec });
  await membership.join({ id: 'a', value: '1' });
  await membership.set('2');
  const before = watcher.snapshot().members.get('a')?.stat.czxid ?? 0n;
  await bench.expire(first);
  await waitFor(() => (watcher.snapshot().members.get('a')?.stat.czxid ?? 0n) > before);
  expect(watcher.snapshot().members.get('a')?.value).toBe('2');
  await waitFor(() => !membership.snapshot().stale && membership.snapshot().members.has('a'));
});

test('a member that dies is gone from the view of the others', async () => {
  const dying = createClient({
    transport: transportUnderTest,
    hosts: bench.proxy.connectString + bench.chroot,
    sessionTimeoutMs: 2_000,
  });
  await dying.connected();
  const membership = await dying.membership('/dying', { codec });
  await membership.join({ id: 'a', value: '1' });
  await using watcher = await bench.direct.membership('/dying', { codec });
  expect(watcher.snapshot().members.has('a')).toBe(true);
  // As the death of its process looks to the servers: it says nothing any more, on no connection.
  await using _silent = bench.proxy.halfOpen();
  await waitFor(() => !watcher.snapshot().members.has('a'), { timeoutMs: 20_000 });
  await bench.proxy.passThrough();
  await dying.close();
}, 40_000);
