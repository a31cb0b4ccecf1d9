import fc from 'fast-check';
import { summarize } from './mean.js';

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

test('of no values there is no mean', () => {
  expect(summarize([])).toBeUndefined();
});

test('the summary of a few values', () => {
  expect(summarize([79, 80, 84])).toEqual({ value: 81, count: 3, min: 79, max: 84 });
  expect(summarize([-0.5])).toEqual({ value: -0.5, count: 1, min: -0.5, max: -0.5 });
});

test('small values are not lost beside large ones', () => {
  expect(summarize([1, 1e100, 1, -1e100])?.value).toBe(0.5);
  expect(summarize(Array.from({ length: 10 }, () => 0.1))?.value).toBe(0.1);
});

test('values near the largest double do not overflow', () => {
  const { MAX_VALUE } = Number;
  expect(summarize([MAX_VALUE, MAX_VALUE, MAX_VALUE])?.value).toBe(MAX_VALUE);
  expect(summarize([MAX_VALUE, -MAX_VALUE])?.value).toBe(0);
});

test('the mean is finite and lies between the least and the greatest', () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 200 }), (values) => {
      const summary = summarize(values);
      expect(Number.isFinite(summary?.value)).toBe(true);
      expect(summary?.min).toBe(Math.min(...values));
      expect(summary?.max).toBe(Math.max(...values));
      expect(summary!.value >= summary!.min && summary!.value <= summary!.max).toBe(true);
      expect(summary?.count).toBe(values.length);
    }),
  );
});

test('equal values have themselves as mean', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e300, max: 1e300, noNaN: true }),
      fc.integer({ min: 1, max: 3_000 }),
      (value, count) => {
        expect(summarize(Array.from({ length: count }, () => value))?.value).toBe(value);
      },
    ),
  );
});

test('the mean of integers is the exact one, rounded, in any order', () => {
  const integers = fc.array(fc.maxSafeInteger(), { minLength: 1, maxLength: 500 });
  fc.assert(
    fc.property(integers, (values) => {
      const exact = values.reduce((sum, value) => sum + BigInt(value), 0n);
      const expected = Number(exact) / values.length;
      const tolerance = Math.abs(expected) * 4 * Number.EPSILON + Number.MIN_VALUE;
      for (const order of [values, [...values].reverse(), [...values].sort((a, b) => a - b)]) {
        expect(Math.abs(summarize(order)!.value - expected)).toBeLessThanOrEqual(tolerance);
      }
    }),
  );
});
