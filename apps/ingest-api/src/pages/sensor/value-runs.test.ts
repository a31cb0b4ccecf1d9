import { valueRuns } from './value-runs.js';

const series = (times: number[], to: number) => ({
  ...{ group: 'g', sensor: 's', from: 0, to, bucketMs: null, stepMs: 5, times },
  ...{ values: [], min: [], max: [] },
});

test('a gap in the values is a stretch of its own, also at the end', () => {
  expect(valueRuns(series([5, 10, 15, 40, 45], 100))).toEqual([
    { from: 5, to: 15, hasValues: true },
    { from: 15, to: 40, hasValues: false },
    { from: 40, to: 45, hasValues: true },
    { from: 45, to: 100, hasValues: false },
  ]);
  expect(valueRuns(series([5, 10], 20))).toEqual([{ from: 5, to: 10, hasValues: true }]);
  expect(valueRuns(series([], 20))).toEqual([]);
});
