import { RandomNumbers } from '../evaluation/random-numbers.js';
import { robustScale, scaleFromQuantile, smallestScale } from './robust-scale.js';
import { SortedWindow } from './sorted-window.js';

test('it estimates the standard deviation of normal values', () => {
  const random = new RandomNumbers(1);
  const values = Array.from({ length: 100_000 }, () => 50 + 3 * random.normal());
  expect(robustScale(SortedWindow.of(values), 50, 0)).toBeCloseTo(3, 1);
});

test('a third of wild values changes it by less than three times, where the standard deviation is useless', () => {
  const random = new RandomNumbers(2);
  const values = Array.from({ length: 9_999 }, (_, index) => (index % 3 === 0 ? 1e9 : random.normal()));
  expect(robustScale(SortedWindow.of(values), 0, 0)).toBeLessThan(3);
});

test('where more than half of the values are equal, a higher quantile takes the place of the MAD', () => {
  expect(robustScale(SortedWindow.of([5, 5, 5, 5, 6, 7]), 5, 0)).toBeCloseTo((2 / 1.6449) * (1 + 6 / 6), 10);
});

test.each([0.75, 0.9] as const)('the quantile at %d estimates the standard deviation as well', (share) => {
  const random = new RandomNumbers(3);
  const values = Array.from({ length: 100_000 }, () => 50 + 3 * random.normal());
  expect(scaleFromQuantile(SortedWindow.of(values), share)).toBeCloseTo(3, 1);
});

test('a few wild values among equal ones leave it at its smallest', () => {
  expect(robustScale(SortedWindow.of([...new Array<number>(29).fill(5), 1e9]), 5, 1)).toBe(
    smallestScale(5, 1),
  );
});

test('it is at least 1.4826 times half of the resolution', () => {
  expect(robustScale(SortedWindow.of([20, 20, 20]), 20, 1)).toBeCloseTo(0.7413, 10);
  expect(robustScale(SortedWindow.of([20, 20, 20]), 20, 0.1)).toBeCloseTo(0.07413, 10);
});

test('on a constant series without a resolution it covers rounding errors and is never 0', () => {
  expect(robustScale(SortedWindow.of([20, 20, 20]), 20, 0)).toBeCloseTo(20e-9, 15);
  expect(robustScale(SortedWindow.of([0, 0, 0]), 0, 0)).toBeGreaterThan(0);
});
