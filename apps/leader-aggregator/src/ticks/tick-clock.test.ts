import fc from 'fast-check';
import { HandledTicks, type Tick, tickAt, type TickClock, ticks } from './tick-clock.js';

/** A clock that moves only when somebody sleeps or works, with timers that may fire a little early. */
class FakeClock implements TickClock {
  constructor(
    public nowMs: number,
    private readonly earlyMs = 0,
  ) {}

  now = (): number => this.nowMs;

  elapsed = (): number => this.nowMs;

  sleep = (durationMs: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    this.nowMs += Math.max(0.5, durationMs - this.earlyMs);
    return Promise.resolve();
  };
}

/** The first `count` ticks, with what the handling of each does to the clock. */
async function firstTicks(
  clock: FakeClock,
  intervalMs: number,
  count: number,
  options: { handled?: HandledTicks; work?: (index: number) => void } = {},
): Promise<(Tick & { lateMs: number })[]> {
  const stop = new AbortController();
  const seen: (Tick & { lateMs: number })[] = [];
  for await (const tick of ticks({
    intervalMs,
    handled: options.handled ?? new HandledTicks(),
    signal: stop.signal,
    clock,
  })) {
    seen.push({ ...tick, lateMs: clock.nowMs - tick.timestamp });
    options.work?.(seen.length - 1);
    if (seen.length === count) stop.abort();
  }
  return seen;
}

test('the tick of an instant is the latest multiple of the interval', () => {
  fc.assert(
    fc.property(fc.nat(4e12), fc.integer({ min: 50, max: 86_400_000 }), (now, interval) => {
      const tick = tickAt(now, interval);
      expect(tick % interval).toBe(0);
      expect(tick <= now && now < tick + interval).toBe(true);
    }),
  );
});

test('the current tick comes at once, then each as it begins, however long the handling of one takes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(4e12),
      fc.integer({ min: 50, max: 20_000 }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.array(fc.double({ min: 0, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 30 }),
      async (start, interval, earlyMs, loads) => {
        const clock = new FakeClock(start, earlyMs);
        const seen = await firstTicks(clock, interval, loads.length, {
          work: (index) => {
            // Late in the tick already, the first may not take long.
            if (index > 0) clock.nowMs += (loads[index] ?? 0) * interval;
          },
        });
        seen.forEach(({ timestamp, missed, lateMs }, index) => {
          expect(timestamp).toBe(tickAt(start, interval) + index * interval);
          expect(missed).toBe(0);
          if (index > 0) expect(lateMs).toBeLessThanOrEqual(2);
        });
      },
    ),
  );
});

test('a tick that is over before it can be handled is missed and counted', async () => {
  const clock = new FakeClock(10_000);
  const seen = await firstTicks(clock, 1_000, 3, {
    work: (index) => {
      if (index === 0) clock.nowMs += 4_300;
    },
  });
  expect(seen.map(({ timestamp, missed, missedBecause }) => [timestamp, missed, missedBecause])).toEqual([
    [10_000, 0, 'standstill'],
    [14_000, 3, 'overload'],
    [15_000, 0, 'standstill'],
  ]);
});

test('a clock that is set forward goes on with its current tick', async () => {
  const clock = new FakeClock(10_000);
  const seen = await firstTicks(clock, 1_000, 3, {
    work: (index) => {
      if (index === 1) clock.nowMs = 3_600_500;
    },
  });
  expect(seen.map(({ timestamp }) => timestamp)).toEqual([10_000, 11_000, 3_600_000]);
});

test('a clock that is set back brings no tick twice, and those that were passed over for the first time', async () => {
  const clock = new FakeClock(10_000);
  const seen = await firstTicks(clock, 1_000, 6, {
    work: (index) => {
      if (index === 1) clock.nowMs = 14_500;
      if (index === 2) clock.nowMs = 10_200;
    },
  });
  expect(seen.map(({ timestamp }) => timestamp)).toEqual([10_000, 11_000, 14_000, 12_000, 13_000, 15_000]);
  expect(seen.map(({ missed }) => missed)).toEqual([0, 0, 2, 0, 0, 1]);
});

test('a clock that is set while a long tick is slept through is noticed within a second', async () => {
  const clock = new FakeClock(0);
  let slept = 0;
  const sleep = clock.sleep;
  clock.sleep = async (durationMs, signal) => {
    slept += durationMs;
    await sleep(durationMs, signal);
    if (slept === 5_000) clock.nowMs = 86_400_000;
  };
  const seen = await firstTicks(clock, 86_400_000, 2);
  expect(seen.map(({ timestamp }) => timestamp)).toEqual([0, 86_400_000]);
  expect(slept).toBe(5_000);
});

test('a later term does not begin with a tick that was handled in an earlier one', async () => {
  const handled = new HandledTicks();
  expect(await firstTicks(new FakeClock(10_100), 1_000, 1, { handled })).toMatchObject([
    { timestamp: 10_000 },
  ]);
  expect(await firstTicks(new FakeClock(10_700), 1_000, 1, { handled })).toMatchObject([
    { timestamp: 11_000, missed: 0 },
  ]);
});

test('a claimed tick that was released is new again, and the memory is bounded', () => {
  const handled = new HandledTicks();
  expect([handled.claim(1), handled.claim(1)]).toEqual([true, false]);
  handled.release(1);
  expect(handled.claim(1)).toBe(true);
  for (let tick = 2; tick <= 20_001; tick += 1) handled.claim(tick);
  expect([handled.claim(20_001), handled.claim(1)]).toEqual([false, true]);
});

test('with the real clock the ticks end when the signal aborts', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  setTimeout(() => {
    stop.abort();
  }, 50);
  for await (const { timestamp } of ticks({
    intervalMs: 86_400_000,
    handled: new HandledTicks(),
    signal: stop.signal,
  })) {
    seen.push(timestamp);
  }
  expect(seen).toHaveLength(1);
});
