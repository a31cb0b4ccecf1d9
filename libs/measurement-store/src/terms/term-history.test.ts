import { type KeptTerm, termHistory } from './term-history.js';

const figures = (elected: number, at: number) => ({ elected, at, leaseMs: 2_000, intervalMs: 5_000 });
const term = (token: string, leader: string, since: number, last: number, at = last + 100): KeptTerm => ({
  ...{ token, ensemble: 'e', leader, since, last },
  figures: figures(since - 700, at),
});

test('a term whose leader said nothing has crashed, one whose candidate leads next has lost its session', () => {
  const over = [
    term('1', 'a', 10_000, 20_000),
    term('2', 'b', 30_000, 40_000),
    term('3', 'b', 45_000, 50_000),
  ];
  const history = termHistory(over, [], term('4', 'c', 55_000, 60_000));
  expect(history.map(({ end, inferred }) => [end, inferred])).toEqual([
    ['crashed', true],
    ['session-lost', true],
    ['crashed', true],
    [null, false],
  ]);
  expect(history[0]).toMatchObject({ gapMs: null, missedTicks: null, ended: 20_100 });
  expect(history[1]).toMatchObject({ gapMs: 30_000 - 700 - 20_100, missedTicks: 1 });
  expect(history[2]).toMatchObject({ missedTicks: 0 });
  expect(history[3]).toMatchObject({ ended: null, elected: 54_300 });
});

test('what a leader said of its end counts, also of the term that is still the newest', () => {
  const ends = [
    { token: '1', ensemble: 'e', end: 'graceful' as const, ended: 20_350 },
    { token: '2', ensemble: 'e', end: 'superseded' as const, ended: 41_000 },
    { token: '2', ensemble: 'other', end: 'session-lost' as const, ended: 1 },
  ];
  const history = termHistory([term('1', 'a', 10_000, 20_000)], ends, term('2', 'b', 25_000, 40_000));
  expect(history).toMatchObject([
    { end: 'graceful', inferred: false, ended: 20_350 },
    { end: 'superseded', inferred: false, ended: 41_000, gapMs: 25_000 - 700 - 20_350 },
  ]);
});

test('the parts of a term that others wrote into are one', () => {
  const over = [term('1', 'a', 10_000, 20_000), term('1', 'a', 30_000, 40_000)];
  expect(termHistory(over, [], term('1', 'a', 50_000, 60_000))).toMatchObject([
    { token: '1', since: 10_000, last: 60_000, end: null },
  ]);
});

test('without figures the ticks alone tell, and how many were missed is not known', () => {
  const plain = (token: string, leader: string, since: number, last: number): KeptTerm => ({
    ...{ token, ensemble: '', leader, since, last },
    figures: undefined,
  });
  expect(termHistory([plain('1', '', 1_000, 2_000)], [], plain('2', 'b', 5_000, 6_000))).toMatchObject([
    { leader: null, ended: 2_000, elected: null },
    { gapMs: 3_000, missedTicks: null },
  ]);
});
