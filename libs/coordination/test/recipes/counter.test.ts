import { waitFor } from '@atalaya/test-kit';
import { OutcomeUnknownError } from '../../src/index.js';
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

/** A write of the counter whose fate the client does not hear of; what the others do meanwhile is done by `interim`. */
async function addWithLostReply(path: string, lost: 'reply' | 'request', interim: () => Promise<unknown>) {
  const { first, proxy } = bench;
  const filter = { operation: 'setData', path: (each: string) => each.endsWith(path) } as const;
  const fault = lost === 'reply' ? proxy.dropReplies(filter) : proxy.dropRequests(filter);
  await using _lifted = fault;
  // Nobody is let in again before the others are done.
  await using _refused = await proxy.refuse();
  const adding = first.counter(path).add(5);
  // A rejection is looked at by the caller, once this is done.
  adding.catch(() => {});
  await waitFor(() => fault.hits === 1);
  await interim();
  return { adding };
}

test('a counter begins with its initial value, and counts with whole numbers of any size', async () => {
  const { first, second } = bench;
  const counter = first.counter('/deep/down/counter', { initial: 10 });
  expect(await counter.get()).toBe(10n);
  expect(await counter.add()).toBe(11n);
  expect(await counter.add(-20)).toBe(-9n);
  expect(await second.counter('/deep/down/counter').get()).toBe(-9n);
  await counter.set(2n ** 80n);
  expect(await counter.add(1n)).toBe(2n ** 80n + 1n);
  expect(await counter.update((value) => value / 2n)).toBe(2n ** 79n);
  await expect(counter.add(0.5)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await expect(
    counter.update(() => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await counter.get()).toBe(2n ** 79n);
});

test('data that is not an integer is left alone and refused', async () => {
  await bench.first.create('/text', { data: 'seven' });
  const counter = bench.first.counter('/text');
  await expect(counter.get()).rejects.toMatchObject({ code: 'INVALID_VALUE', path: '/text' });
  await expect(counter.add()).rejects.toMatchObject({ code: 'INVALID_VALUE' });
  expect((await bench.first.get('/text')).data.toString()).toBe('seven');
});

test('fifty times eight concurrent increments: each one counts once, and each result is given out once', async () => {
  const counters = [bench.first, bench.second].map((client) => client.counter('/many'));
  const results = new Set<bigint>();
  for (let round = 0; round < 50; round++) {
    const values = await Promise.all(Array.from({ length: 8 }, (_, index) => counters[index % 2]!.add()));
    for (const value of values) results.add(value);
  }
  expect(results.size).toBe(400);
  expect(await counters[0]!.get()).toBe(400n);
}, 60_000);

test('an increment whose reply was lost is recognised, and not applied again', async () => {
  await bench.first.counter('/reply').set(1);
  const { adding } = await addWithLostReply('/reply', 'reply', () => Promise.resolve());
  expect(await adding).toBe(6n);
  expect(await bench.first.counter('/reply').get()).toBe(6n);
});

test('an increment whose request was lost is sent again', async () => {
  await bench.first.counter('/request').set(1);
  const { adding } = await addWithLostReply('/request', 'request', () => Promise.resolve());
  expect(await adding).toBe(6n);
  expect(await bench.first.counter('/request').get()).toBe(6n);
});

test('an increment whose request was lost while somebody else was faster is calculated anew', async () => {
  await bench.first.counter('/faster').set(1);
  const { adding } = await addWithLostReply('/faster', 'request', async () => {
    // The same value, which the mark alone tells from the own one.
    const { stat } = await bench.direct.get('/faster');
    await bench.direct.set('/faster', '6', { version: stat.version });
  });
  expect(await adding).toBe(11n);
});

const coveringChanges: Record<string, () => Promise<unknown>> = {
  'changed twice': async () => {
    const counter = bench.direct.counter('/unknown');
    await counter.add();
    await counter.add();
  },
  deleted: () => bench.direct.delete('/unknown'),
  'created anew': async () => {
    await bench.direct.delete('/unknown');
    await bench.direct.create('/unknown', { data: '0' });
  },
};

test.each(Object.entries(coveringChanges))(
  'where the counter was %s since the lost reply, the outcome is said to be unknown',
  async (_what, interim) => {
    await bench.first.counter('/unknown').set(1);
    const { adding } = await addWithLostReply('/unknown', 'reply', interim);
    const error: unknown = await adding.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OutcomeUnknownError);
    expect(error).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempted: 6n, path: '/unknown' });
  },
);

test('an increment goes on in a new session where the old one expired in the middle of it', async () => {
  const { first } = bench;
  await first.counter('/expiry').set(1);
  const lost = bench.proxy.dropReplies({ operation: 'setData', path: /\/expiry$/ });
  const adding = first.counter('/expiry').add(5);
  await waitFor(() => lost.hits === 1);
  await bench.expire(first);
  expect(await adding).toBe(6n);
  expect(await first.counter('/expiry').get()).toBe(6n);
});

test('fifty increments, each aborted at another moment: the counter goes on, and none is applied twice', async () => {
  const counter = bench.first.counter('/aborted');
  await counter.set(0);
  let applied = 0;
  for (let round = 0; round < 50; round++) {
    const stop = new AbortController();
    const adding = counter.add(1, { signal: stop.signal }).then(
      () => (applied += 1),
      (error: unknown) => {
        expect(error).toBe(stop.signal.reason);
      },
    );
    for (let step = 0; step < round % 12; step++) await new Promise(setImmediate);
    stop.abort(new Error('given up'));
    await adding;
  }
  const value = await counter.get();
  expect(value).toBeGreaterThanOrEqual(BigInt(applied));
  expect(value).toBeLessThanOrEqual(50n);
  expect(await counter.add()).toBe(value + 1n);
});

test("this library and kazoo's Counter count together", async () => {
  assertKazooInstalled();
  await using kazoo = await KazooRecipe.start({
    hosts: bench.hosts,
    recipe: 'Counter',
    path: '/kazoo',
    id: 'k',
  });
  const counter = bench.first.counter('/kazoo');
  expect(await counter.add(2)).toBe(2n);
  expect(await kazoo.ask('add 3')).toBe('5');
  expect(await counter.add(2)).toBe(7n);
  expect(await kazoo.ask('value')).toBe('7');
}, 20_000);
