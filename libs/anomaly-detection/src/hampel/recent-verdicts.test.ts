import { RecentVerdicts, type Side } from './recent-verdicts.js';

function feed(recent: RecentVerdicts, sides: readonly Side[]) {
  return sides.map((side, index) => recent.push(index, side)).filter((change) => change !== undefined);
}

test('a run on one side is a new level, shown by its values', () => {
  expect(feed(new RecentVerdicts(3), [0, 0, 1, 1, 1])).toEqual([{ kind: 'level', values: [2, 3, 4] }]);
  expect(feed(new RecentVerdicts(3), [-1, -1, -1])).toEqual([{ kind: 'level', values: [0, 1, 2] }]);
});

test('a run that is broken, by a normal value or by the other side, is none', () => {
  expect(feed(new RecentVerdicts(3), [1, 1, 0, 1, 1])).toEqual([{ kind: 'spread', values: [0, 1, 2, 3, 4] }]);
  expect(feed(new RecentVerdicts(3), [1, 1, -1, 0, 0])).toEqual([]);
});

test('more anomalies than half of the last values are a new spread', () => {
  expect(feed(new RecentVerdicts(3), [0, 1, -1, 0, -1, 1])).toEqual([
    { kind: 'spread', values: [0, 1, 2, 3, 4, 5] },
  ]);
});

test('every second value does not add up', () => {
  const sides = Array.from({ length: 100 }, (_, index): Side => (index % 2 === 0 ? 1 : 0));
  expect(feed(new RecentVerdicts(3), sides)).toEqual([]);
});

test('after a change it counts from nothing', () => {
  const recent = new RecentVerdicts(3);
  expect(feed(recent, [1, 1, 1])).toHaveLength(1);
  expect(feed(recent, [1, 1])).toEqual([]);
  recent.clear();
  expect(feed(recent, [1, 1])).toEqual([]);
  expect(feed(recent, [1])).toHaveLength(1);
});
