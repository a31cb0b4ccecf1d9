import { formatSpread, quantile, spreadOf } from './spread.js';

test('the median of an odd and of an even number of figures', () => {
  expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
  expect(spreadOf([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
});

test('no figures have no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('a spread is shown as median and range', () => {
  expect(formatSpread({ median: 1, min: 0.5, max: 2 }, 2)).toBe('1.00 (0.50 to 2.00)');
});

test('a quantile lies between the two figures that are nearest to it', () => {
  const figures = Array.from({ length: 101 }, (_, index) => index);
  expect(quantile(figures, 0.99)).toBe(99);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});
