import { type TickReport } from '@atalaya/contracts';
import { batchesOf } from './report-batches.js';
import { planReport } from './report-plan.js';

function report(group: string, timestamp: number, sensors = 0): TickReport {
  const readings = Array.from({ length: sensors }, (_, i) => [`s${i}`, i] as const);
  return { group, timestamp, value: 1, sensors: Object.fromEntries(readings) };
}

function batches(reports: TickReport[]): number[][] {
  const planned = reports.map((one, index) => ({ index, plan: planReport(one, 1_000) }));
  return [...batchesOf(planned)].map((batch) => batch.map(({ index }) => index));
}

test('a batch holds reports of one group, in their order', () => {
  const reports = [report('a', 1), report('b', 1), report('a', 2), report('b', 2)];
  expect(batches(reports)).toEqual([
    [0, 2],
    [1, 3],
  ]);
  expect(batches([])).toEqual([]);
});

test('a batch is bounded in reports', () => {
  const reports = Array.from({ length: 1_100 }, (_, i) => report('a', i));
  expect(batches(reports).map(({ length }) => length)).toEqual([500, 500, 100]);
});

test('a batch is bounded in the sensors that one run stores', () => {
  const reports = [report('a', 1, 600), report('a', 2, 400), report('a', 3, 1), report('a', 4, 9_000)];
  expect(batches(reports)).toEqual([[0, 1], [2], [3]]);
});
