import { encodeMeasurements } from './encode-measurements.js';

test.each([0, 1, 999, 1_000, 1_001, 2_500])('%d values are written as JSON writes them', async (count) => {
  const measurements = Array.from({ length: count }, (_, index) => ({ timestamp: index, value: index / 3 }));
  const answer = { group: 'g', measurements };
  expect(await encodeMeasurements(answer)).toBe(JSON.stringify(answer));
});

test('other work comes in between', async () => {
  const measurements = Array.from({ length: 3_000 }, (_, index) => ({ timestamp: index, value: 1 }));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  await encodeMeasurements({ group: 'g', measurements });
  clearImmediate(next);
  expect(turns).toBeGreaterThanOrEqual(2);
});
