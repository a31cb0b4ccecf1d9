import type { Source } from '../sources/source.js';
import { Sampler } from './sampler.js';

const signal = new AbortController().signal;

function source(perSensor: boolean, read: Source['read']): Source {
  return { description: 'test', perSensor, read };
}

test('each sensor draws its own value where the source gives one per sensor', async () => {
  let drawn = 0;
  const sampler = new Sampler(
    source(true, () => Promise.resolve((drawn += 1))),
    3,
  );
  expect(await sampler.sample(1_000, signal)).toEqual({ values: [1, 2, 3], failures: [] });
});

test('all sensors report the one quantity that is read once', async () => {
  let reads = 0;
  const sampler = new Sampler(
    source(false, () => Promise.resolve((reads += 1) * 10)),
    3,
  );
  expect(await sampler.sample(1_000, signal)).toEqual({ values: [10, 10, 10], failures: [] });
  expect(reads).toBe(1);
});

test('a failed sample leaves the others as they are', async () => {
  let drawn = 0;
  const sampler = new Sampler(
    source(true, () => {
      drawn += 1;
      return drawn === 2 ? Promise.reject(new Error('no')) : Promise.resolve(drawn);
    }),
    3,
  );
  expect(await sampler.sample(1_000, signal)).toEqual({
    values: [1, undefined, 3],
    failures: [new Error('no')],
  });
});

test.each([NaN, Infinity])('%d is no value', async (value) => {
  const sampler = new Sampler(
    source(false, () => Promise.resolve(value)),
    1,
  );
  const { values, failures } = await sampler.sample(1_000, signal);
  expect(values).toEqual([undefined]);
  expect(failures).toHaveLength(1);
});

test('a source that hangs is given up after the limit and not asked again until it has ended', async () => {
  let reads = 0;
  let end = (): void => {};
  const hanging = source(
    false,
    () =>
      new Promise((resolve) => {
        reads += 1;
        end = () => {
          resolve(1);
        };
      }),
  );
  const sampler = new Sampler(hanging, 2);
  const first = await sampler.sample(20, signal);
  expect(first.values).toEqual([undefined, undefined]);
  expect(String(first.failures[0])).toContain('no value within 20 ms');
  const second = await sampler.sample(20, signal);
  expect(String(second.failures[0])).toContain('the sample before is still under way');
  expect(reads).toBe(1);
  end();
  await new Promise(setImmediate);
  const third = sampler.sample(1_000, signal);
  end();
  expect((await third).values).toEqual([1, 1]);
  expect(reads).toBe(2);
});

test('the signal of a source aborts when its time is up', async () => {
  let told = false;
  const sampler = new Sampler(
    source(
      false,
      (limit) =>
        new Promise((_resolve, reject) => {
          limit.addEventListener('abort', () => {
            told = true;
            reject(limit.reason as Error);
          });
        }),
    ),
    1,
  );
  await sampler.sample(20, signal);
  expect(told).toBe(true);
});

test("the end of the process ends the wait with the signal's reason", async () => {
  const stop = new AbortController();
  const sampler = new Sampler(
    source(false, () => new Promise(() => {})),
    1,
  );
  const sample = sampler.sample(60_000, stop.signal);
  stop.abort(new Error('the end'));
  await expect(sample).rejects.toThrow('the end');
});
