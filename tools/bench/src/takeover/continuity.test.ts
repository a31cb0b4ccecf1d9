import { continuityOf } from './continuity.js';

const report = (tick: number, leader: string) => ({ tick, leader, at: tick });

test('a tick that nobody sent is missing, one that both sent is counted', () => {
  const received = [report(1_000, 'a'), report(2_000, 'a'), report(2_000, 'b'), report(4_000, 'b')];
  expect(continuityOf(received, { old: 'a', tickMs: 1_000 })).toEqual({
    missing: 1,
    sentTwice: 1,
    ofTheDeposed: 0,
  });
});

test('a report of the old leader after the first of the new one is that of a deposed leader', () => {
  const received = [report(1_000, 'a'), report(2_000, 'b'), report(3_000, 'a')];
  expect(continuityOf(received, { old: 'a', tickMs: 1_000 }).ofTheDeposed).toBe(1);
});

test('without reports nothing is missing', () => {
  expect(continuityOf([], { old: 'a', tickMs: 1_000 })).toEqual({
    missing: 0,
    sentTwice: 0,
    ofTheDeposed: 0,
  });
});
