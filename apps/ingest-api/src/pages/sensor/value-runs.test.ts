import { valueRuns } from './value-runs.js';

const series = (times: number[], to: number) => ({ to, stepMs: 5, times });

test('a gap in the values is a stretch of its own, also at the end, and the mean tells whose it is', () => {
  const mean = { times: [5, 10, 15, 40, 45, 50, 55, 60] };
  expect(valueRuns(series([5, 10, 15, 40, 45], 100), mean)).toEqual([
    { from: 5, to: 15, kind: 'in-mean' },
    { from: 15, to: 40, kind: 'no-tick' },
    { from: 40, to: 45, kind: 'in-mean' },
    { from: 45, to: 100, kind: 'left-out' },
  ]);
  expect(valueRuns(series([5, 10], 20), mean)).toEqual([{ from: 5, to: 10, kind: 'in-mean' }]);
  expect(valueRuns(series([], 20), mean)).toEqual([]);
});
