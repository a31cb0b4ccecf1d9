import { slopePerHour } from './slope.js';

test('what grows by one in a second grows by 3,600 in an hour, whatever it begins at and varies by', () => {
  expect(
    slopePerHour([
      [0, 5],
      [1_000, 6],
      [2_000, 7],
    ]),
  ).toBeCloseTo(3_600);
  expect(
    slopePerHour([
      [0, 7],
      [1_000, 5],
      [2_000, 5],
      [3_000, 7],
    ]),
  ).toBeCloseTo(0);
  expect(
    slopePerHour([
      [0, 2],
      [1_000, 1],
    ]),
  ).toBeCloseTo(-3_600);
});
