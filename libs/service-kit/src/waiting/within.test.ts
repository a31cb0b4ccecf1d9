import { setTimeout as delay } from 'node:timers/promises';
import { within } from './within.js';

const never = new Promise<string>(() => {});

function fail(limitMs: number): never {
  throw new Error(`nothing within ${limitMs} ms`);
}

test('what settles in time is passed on, and leaves no timer behind', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await expect(within(3_600_000, Promise.resolve('a'), fail)).resolves.toBe('a');
  await expect(within(3_600_000, Promise.reject(new Error('b')), fail)).rejects.toThrow('b');
  expect(timers()).toBe(before);
});

test('when the time is over the other value, or the error, comes in its place', async () => {
  await expect(within(1, never, (limitMs) => `late after ${limitMs}`)).resolves.toBe('late after 1');
  await expect(within(1, never, fail)).rejects.toThrow('nothing within 1 ms');
});

test('a rejection after the time is over is not an unhandled one', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  try {
    let reject: (error: Error) => void = () => {};
    const promise = new Promise<string>((_resolve, rejectPromise) => (reject = rejectPromise));
    await within(1, promise, () => 'late');
    reject(new Error('later'));
    await delay(1);
  } finally {
    process.off('unhandledRejection', note);
  }
  expect(unhandled).toEqual([]);
});
