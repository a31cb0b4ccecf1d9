import { jest } from '@jest/globals';

/** Puts timers, `Date` and `performance.now()` of the tests of a file on a clock that moves only by {@link pass}. */
export function useFakeClock(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Lets `ms` pass, with everything that happens in them. */
export async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

/** Lets time pass until the condition holds; fails after `limitMs` of it. */
export async function passUntil(condition: () => boolean, limitMs = 60_000): Promise<void> {
  for (let passed = 0; !condition(); passed++) {
    if (passed >= limitMs)
      throw new Error(`The condition did not come true within ${limitMs} ms: ${condition.toString()}`);
    await pass(1);
  }
}
