import fc from 'fast-check';
import { SortedWindow } from './sorted-window.js';

const values = fc.array(
  fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
  { minLength: 1, maxLength: 80 },
);
const capacity = fc.integer({ min: 1, max: 20 });

test('median, MAD and quantiles of the deviations of a moving window are those of sorting the last values', () => {
  fc.assert(
    fc.property(values, capacity, (series, size) => {
      const window = new SortedWindow(size);
      series.forEach((value, index) => {
        window.push(value);
        const last = series.slice(Math.max(0, index + 1 - size), index + 1);
        const deviations = last.map((each) => Math.abs(each - naiveMedian(last)));
        expect(window.size).toBe(last.length);
        expect(window.median()).toBeCloseToRelative(naiveMedian(last));
        expect(window.medianAbsoluteDeviation()).toBeCloseToRelative(naiveMedian(deviations));
        const ordered = deviations.sort((a, b) => a - b);
        for (const share of [0, 0.3, 0.5, 0.75, 0.9]) {
          const expected = ordered[Math.floor(share * ordered.length)]!;
          expect(window.absoluteDeviationQuantile(share)).toBeCloseToRelative(expected);
        }
      });
    }),
    { numRuns: 500 },
  );
});

test('a window made of values is as if they had been pushed', () => {
  fc.assert(
    fc.property(values, values, (first, more) => {
      const made = SortedWindow.of(first);
      const pushed = new SortedWindow(first.length);
      for (const value of first) pushed.push(value);
      for (const value of more) {
        made.push(value);
        pushed.push(value);
        // Not toBe, which tells -0 from 0: their order among each other is left open.
        expect(made.median()).toBeCloseToRelative(pushed.median());
        expect(made.medianAbsoluteDeviation()).toBeCloseToRelative(pushed.medianAbsoluteDeviation());
      }
    }),
  );
});

test('an empty window has no median, and a cleared one starts anew', () => {
  const window = new SortedWindow(3);
  expect(window.median()).toBeNaN();
  expect(window.medianAbsoluteDeviation()).toBeNaN();
  expect(window.absoluteDeviationQuantile(0.9)).toBeNaN();
  for (const value of [1, 2, 3, 4]) window.push(value);
  window.clear();
  expect(window.size).toBe(0);
  for (const value of [10, 30]) window.push(value);
  expect(window.median()).toBe(20);
});

function naiveMedian(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1]!;
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[(sorted.length >> 1) - 1]!;
  return Number.isFinite(lower + upper) ? (lower + upper) / 2 : lower / 2 + upper / 2;
}

expect.extend({
  toBeCloseToRelative(actual: number, expected: number) {
    const pass = Object.is(actual, expected) || Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
    return { pass, message: () => `expected ${actual} to be ${expected}` };
  },
});

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Jest's matchers are declared in this namespace
  namespace jest {
    interface Matchers<R> {
      toBeCloseToRelative(expected: number): R;
    }
  }
}
