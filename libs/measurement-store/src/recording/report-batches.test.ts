import { type TickReport } from '@atalaya/contracts';
import { batchesOf } from './report-batches.js';

function report(group: string, timestamp: number, sensors = 0): TickReport {
  const readings = Array.from({ length: sensors }, (_, i) => [`s${i}`, i] as const);
  return { group, timestamp, value: 1, sensors: Object.fromEntries(readings) };
}

function shape(reports: TickReport[]): string[] {
  return [...batchesOf(reports)].map((batch) => batch.map(({ index }) => index).join(','));
}

test('a batch holds reports of one group, in their order', () => {
  expect(shape([report('a', 1), report('b', 1), report('a', 2), report('b', 2)])).toEqual(['0,2', '1,3']);
  expect(shape([])).toEqual([]);
});

test('a batch is bounded in reports and in sensors', () => {
  const sizes = [...batchesOf(Array.from({ length: 1_100 }, (_, i) => report('a', i)))].map(
    ({ length }) => length,
  );
  expect(sizes).toEqual([500, 500, 100]);
  expect(
    shape([report('a', 1, 3_000), report('a', 2, 2_000), report('a', 3, 1), report('a', 4, 9_000)]),
  ).toEqual(['0,1', '2', '3']);
});
