import { chartColumns, valueRange, withTail } from './chart-columns.js';

const series = (
  times: number[],
  values: number[],
  others: Partial<{ max: number[]; stepMs: number }> = {},
) => ({
  ...{ group: 'g', sensor: null, from: 0, to: 1_000, bucketMs: null, stepMs: 5, times, values },
  ...{ min: values.map((value) => value - 1), max: values.map((value) => value + 1) },
  ...others,
});

test('where the next point is late the curve has a gap', () => {
  const [times, , , values] = chartColumns(series([5, 10, 30, 35], [1, 2, 3, 4]));
  expect(times).toEqual([5, 10, 15, 30, 35]);
  expect(values).toEqual([1, 2, null, 3, 4]);
});

test('a tail adds what is newer, once, and drops what left the range', () => {
  const joined = withTail(series([5, 10, 15], [1, 2, 3]), series([15, 20], [3, 4]), 10);
  expect(joined.times).toEqual([10, 15, 20]);
  expect(joined.values).toEqual([2, 3, 4]);
  expect(joined.max).toEqual([3, 4, 5]);
});

test('the scale covers all values and the band, but not its lone outlier', () => {
  const times = Array.from({ length: 100 }, (_, index) => index * 5);
  const values = times.map((_, index) => 80 + (index % 3));
  const max = values.map((value, index) => (index === 50 ? 900 : value + 1));
  const [low, high] = valueRange(chartColumns(series(times, values, { max })));
  expect(low).toBeLessThanOrEqual(79);
  expect(low).toBeGreaterThan(78);
  expect(high).toBeGreaterThanOrEqual(83);
  expect(high).toBeLessThan(85);
  const spiked = values.with(50, 500);
  expect(valueRange(chartColumns(series(times, spiked)))[1]).toBeGreaterThanOrEqual(500);
  expect(valueRange(chartColumns(series([], [])))).toEqual([0, 1]);
});
