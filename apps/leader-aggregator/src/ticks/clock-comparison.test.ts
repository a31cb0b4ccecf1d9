import { maxClockErrorMs, startComparison } from './clock-comparison.js';

/** A host's clock and the way of a request that takes `tookMs`. */
function compare(options: { askedAt: number; tookMs: number; server: number; tick?: number }): number {
  let monotonic = 100;
  const comparison = startComparison({ now: () => options.askedAt, monotonicMs: () => monotonic });
  monotonic += options.tookMs;
  return comparison.compare(options.server, options.tick ?? 0);
}

test.each([
  ['agree', { askedAt: 1_000, tookMs: 10, server: 1_005 }, 0],
  ['a slow answer, stamped early', { askedAt: 1_000, tookMs: 9_000, server: 1_001 }, 0],
  ['a slow answer, stamped late', { askedAt: 1_000, tookMs: 9_000, server: 9_999 }, 0],
  ['ahead', { askedAt: 41_000, tookMs: 10, server: 1_000 }, 40_000],
  ['behind', { askedAt: 1_000, tookMs: 10, server: 41_010 }, -40_000],
  [
    'a tick of before the clock was set back',
    { askedAt: 1_000, tookMs: 10, server: 1_005, tick: 50_005 },
    49_000,
  ],
])('%s', (_name, times, errorMs) => {
  expect(compare(times)).toBe(errorMs);
});

test('a clock may be off by one tick, but by no less than a second and no more than half a minute', () => {
  expect([50, 5_000, 86_400_000].map(maxClockErrorMs)).toEqual([1_000, 5_000, 30_000]);
});
