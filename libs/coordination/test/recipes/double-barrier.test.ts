import { transportUnderTest } from '../support/transport-under-test.js';
import { waitFor } from '@atalaya/test-kit';
import { createClient, type Client, type DoubleBarrier } from '../../src/index.js';
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

const inside = async (client: Client, path: string) =>
  (await client.children(path)).filter((name) => name !== 'ready').length;
const member = (id: string, path: string, size: number, client: Client = bench.first): DoubleBarrier =>
  client.doubleBarrier(path, { id, size });

test('members begin together and end together', async () => {
  const { first, second } = bench;
  const [a, b] = [member('a', '/both', 2), member('b', '/both', 2, second)];
  const entering = a.enter();
  await waitFor(async () => (await inside(second, '/both')) === 1);
  expect(a.state).toBe('entering');
  await expect(a.enter()).rejects.toMatchObject({ code: 'NOT_REENTRANT' });
  const [placeA, placeB] = await Promise.all([entering, b.enter()]);
  expect([a.state, b.state]).toEqual(['inside', 'inside']);
  let gone = false;
  const leaving = placeA.leave().then(() => (gone = true));
  await waitFor(() => a.state === 'leaving');
  await first.exists('/both');
  expect(gone).toBe(false);
  await Promise.all([placeB.leave(), leaving]);
  expect([a.state, b.state]).toEqual(['outside', 'outside']);
  expect(await first.children('/both')).toEqual([]);
  await waitFor(async () => (await bench.watchedPaths('/both')).length === 0);
});

test('fifty rounds of four members: nobody begins before all are there, nobody ends before all are done', async () => {
  const size = 4;
  const members = Array.from({ length: size }, (_, index) =>
    member(`m${index}`, '/rounds', size, [bench.first, bench.second][index % 2]),
  );
  const arrived = new Array<number>(size).fill(0);
  const finished = new Array<number>(size).fill(0);
  await Promise.all(
    members.map(async (barrier, index) => {
      for (let round = 1; round <= 50; round++) {
        arrived[index] = round;
        const place = await barrier.enter({ timeoutMs: 30_000 });
        expect(Math.min(...arrived)).toBe(round);
        finished[index] = round;
        await place.leave({ timeoutMs: 30_000 });
        expect(Math.min(...finished)).toBe(round);
      }
    }),
  );
  expect(await bench.first.children('/rounds')).toEqual([]);
}, 60_000);

test('an attempt that is aborted, or that takes too long, leaves no znode behind', async () => {
  const barrier = member('a', '/cancelled', 2);
  await expect(barrier.enter({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  for (let round = 0; round < 50; round++) {
    const stop = new AbortController();
    const reason = new Error('given up');
    const entering = barrier.enter({ signal: stop.signal });
    for (let step = 0; step < round % 15; step++) await new Promise(setImmediate);
    stop.abort(reason);
    await expect(entering).rejects.toBe(reason);
    expect(barrier.state).toBe('outside');
  }
  await waitFor(async () => (await bench.first.children('/cancelled')).length === 0);
});

test('a wait to leave that is aborted gives the place up all the same', async () => {
  const [a, b] = [member('a', '/leaving', 2), member('b', '/leaving', 2, bench.second)];
  const [placeA, placeB] = await Promise.all([a.enter(), b.enter()]);
  await expect(placeA.leave({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'WAIT_TIMEOUT' });
  await placeB.leave();
  await waitFor(() => a.state === 'outside');
});

test('a member that dies before the barrier is complete does not count', async () => {
  const dying = createClient({ transport: transportUnderTest, hosts: bench.hosts, sessionTimeoutMs: 4_000 });
  const died = expect(member('x', '/dying', 2, dying).enter()).rejects.toMatchObject({
    code: 'CLIENT_CLOSED',
  });
  await waitFor(async () => (await inside(bench.first, '/dying')) === 1);
  await dying.close();
  await died;
  await waitFor(async () => (await inside(bench.first, '/dying')) === 0);
  const a = member('a', '/dying', 2);
  const entering = a.enter();
  await waitFor(async () => (await inside(bench.first, '/dying')) === 1);
  expect(a.state).toBe('entering');
  await using _b = await member('b', '/dying', 2, bench.second).enter();
  await using _a = await entering;
});

test('a member whose session expires while it enters enters again; one that expires inside is told, and left behind', async () => {
  const { first, second } = bench;
  const [a, b] = [member('a', '/expiry', 2), member('b', '/expiry', 2, second)];
  const entering = a.enter();
  await waitFor(async () => (await inside(second, '/expiry')) === 1);
  const earlier = first.sessionId;
  await bench.expire(first);
  await waitFor(async () => first.sessionId !== earlier && (await inside(second, '/expiry')) === 1);
  const [placeA, placeB] = await Promise.all([entering, b.enter()]);
  await bench.expire(first);
  await waitFor(() => placeA.signal.aborted);
  expect(placeA.signal.reason).toMatchObject({ code: 'BARRIER_LOST', path: '/expiry' });
  await placeB.leave();
  await placeA.leave();
  expect(a.state).toBe('outside');
});

test('a member that is cut off while the others complete the barrier enters when it is back', async () => {
  const { first, direct } = bench;
  await first.ensurePath('/cut');
  const entering = member('a', '/cut', 2).enter();
  await waitFor(async () => (await inside(direct, '/cut')) === 1);
  const refused = await bench.proxy.refuse();
  bench.cut(first);
  await waitFor(() => first.state === 'suspended');
  const placeB = await member('b', '/cut', 2, direct).enter();
  const leaving = placeB.leave();
  await refused.lift();
  const placeA = await entering;
  await Promise.all([placeA.leave(), leaving]);
});

test('the lost reply to a creation costs no second member', async () => {
  const { first, second } = bench;
  await first.ensurePath('/lost-reply');
  const b = member('b', '/lost-reply', 2, second).enter();
  await waitFor(async () => (await inside(first, '/lost-reply')) === 1);
  await using fault = bench.proxy.dropReplies({
    operation: ['create', 'create2'],
    path: /\/lost-reply\/[0-9a-f]{32}$/,
  });
  const [placeA, placeB] = await Promise.all([member('a', '/lost-reply', 2).enter(), b]);
  expect(fault.hits).toBe(1);
  expect(await inside(second, '/lost-reply')).toBe(2);
  await Promise.all([placeA.leave(), placeB.leave()]);
});

test('a "ready" that a member left behind which died at the last step is taken away', async () => {
  await bench.first.ensurePath('/left-over/ready');
  const a = member('a', '/left-over', 2).enter();
  const b = member('b', '/left-over', 2, bench.second).enter();
  const [placeA, placeB] = await Promise.all([a, b]);
  await Promise.all([placeA.leave(), placeB.leave()]);
}, 20_000);

test("this library and kazoo's DoubleBarrier enter and leave together", async () => {
  assertKazooInstalled();
  const kazoo = await Promise.all(
    ['k1', 'k2'].map((id) =>
      KazooRecipe.start({ hosts: bench.hosts, recipe: 'DoubleBarrier', path: '/kazoo', id, size: 4 }),
    ),
  );
  await using _first = kazoo[0]!;
  await using _second = kazoo[1]!;
  const ours = [member('a', '/kazoo', 4), member('b', '/kazoo', 4, bench.second)];
  for (let round = 0; round < 3; round++) {
    const entering = [
      ...kazoo.map((each) => each.ask('enter')),
      ours[0]!.enter({ timeoutMs: 20_000 }).then((place) => place),
    ];
    await waitFor(async () => (await inside(bench.direct, '/kazoo')) === 3);
    expect(ours[0]!.state).toBe('entering');
    const last = await ours[1]!.enter({ timeoutMs: 20_000 });
    const [entered1, entered2, place] = await Promise.all(entering);
    expect([entered1, entered2]).toEqual(['1', '1']);
    await Promise.all([
      ...kazoo.map((each) => each.ask('leave')),
      last.leave({ timeoutMs: 20_000 }),
      (place as Awaited<ReturnType<DoubleBarrier['enter']>>).leave({ timeoutMs: 20_000 }),
    ]);
    await waitFor(async () => (await inside(bench.direct, '/kazoo')) === 0);
  }
}, 60_000);
