import { driftMsPerMinute, missingTicks } from './arrivals.js';

const at = (tick: number, latenessMs = 0) => ({ tick, latenessMs });

test('ticks between the first and the last that did not arrive are missing', () => {
  expect(missingTicks([at(5_000), at(15_000), at(15_000), at(20_000)], 5_000)).toBe(1);
  expect(missingTicks([], 5_000)).toBe(0);
});

test('the drift is the slope of the lateness, whatever the lateness is', () => {
  expect(driftMsPerMinute([at(0, 7), at(60_000, 7), at(120_000, 7)])).toBe(0);
  expect(driftMsPerMinute([at(0, 10), at(60_000, 12), at(120_000, 14)])).toBeCloseTo(2);
});
