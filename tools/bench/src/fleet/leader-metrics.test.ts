import { totals, wholeTickSince } from './leader-metrics.js';

function metrics(readSeconds: number, reads: number, sendSeconds: readonly number[], sends: number): string {
  return [
    '# HELP atalaya_read_duration_seconds Time',
    `atalaya_read_duration_seconds_sum ${readSeconds}`,
    `atalaya_read_duration_seconds_count ${reads}`,
    ...sendSeconds.map((sum, index) => `atalaya_send_duration_seconds_sum{outcome="${index}"} ${sum}`),
    `atalaya_send_duration_seconds_count{outcome="0"} ${sends}`,
    '',
  ].join('\n');
}

test('sums are taken over all labels', () => {
  expect(totals(metrics(1.5, 4, [2, 0.25], 3))).toEqual({
    readSeconds: 1.5,
    reads: 4,
    sendSeconds: 2.25,
    sends: 3,
  });
});

test('a whole tick is its read and its delivery, where it has both', () => {
  const begin = totals(metrics(1, 10, [2], 10));
  expect(wholeTickSince(begin, totals(metrics(1.02, 11, [2.05], 11)))).toBeCloseTo(70);
  expect(wholeTickSince(begin, totals(metrics(1.04, 12, [2.1], 12)))).toBeCloseTo(70);
  expect(wholeTickSince(begin, totals(metrics(1.02, 11, [2], 10)))).toBeUndefined();
  expect(wholeTickSince(begin, begin)).toBeUndefined();
});
