import fc from 'fast-check';
import { decimalsOf, ResolutionEstimate } from './resolution.js';

test.each([
  [80, 0],
  [-0, 0],
  [79.5, 1],
  [-0.25, 2],
  [1e21, 0],
  [1.5e300, 0],
  [1e-7, 7],
  [1.25e-9, 11],
  [5e-324, 20],
  [80 + 1 / 3, 14],
])('%d has %d decimals', (value, decimals) => {
  expect(decimalsOf(value)).toBe(decimals);
});

test('a number written with some decimals has at most these', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }), (digits, decimals) => {
      expect(decimalsOf(Number((digits / 10 ** decimals).toFixed(decimals)))).toBeLessThanOrEqual(decimals);
    }),
  );
});

test('the step is that of most of the last values', () => {
  expect(ResolutionEstimate.of([80, 81, 80.5]).step()).toBe(1);
  expect(ResolutionEstimate.of([20.1, 20, 20.3]).step()).toBe(0.1);
  expect(ResolutionEstimate.of([1 / 3, 2 / 3, 0]).step()).toBeLessThan(1e-12);
});

test('old values are forgotten', () => {
  const estimate = new ResolutionEstimate(3);
  for (const value of [1, 2, 3, 0.25, 0.75]) estimate.push(value);
  expect(estimate.step()).toBe(0.01);
});

test('without values there is no step', () => {
  expect(new ResolutionEstimate(3).step()).toBe(0);
});
