import { bucketWidthMs } from './bucket-width.js';

const MINUTE = 60_000;

test.each([
  ['a quarter of an hour of ticks as they are', 15 * MINUTE, 5_000, undefined],
  ['an hour of ticks as they are', 60 * MINUTE, 5_000, undefined],
  ['six hours in half minutes', 6 * 60 * MINUTE, 5_000, 30_000],
  ['a day in two minutes', 24 * 60 * MINUTE, 5_000, 2 * MINUTE],
  ['thirty days in hours', 30 * 24 * 60 * MINUTE, 5_000, 60 * MINUTE],
  ['a minute of fast ticks', MINUTE, 10, 5_000],
  ['a hundred years in whole days', 36_525 * 24 * 60 * MINUTE, 5_000, 51 * 24 * 60 * MINUTE],
])('%s', (_name, rangeMs, stepMs, width) => {
  expect(bucketWidthMs(rangeMs, 720, stepMs)).toBe(width);
});
