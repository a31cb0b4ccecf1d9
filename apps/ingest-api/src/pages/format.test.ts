import {
  changeOf,
  displayAge,
  displayChange,
  displayDuration,
  displayFigure,
  displayValue,
} from './format.js';
import { ENGLISH } from './texts/english.js';
import { SPANISH } from './texts/spanish.js';

test.each([
  [80.666_666_666_666_67, '80.67', '80.67'],
  [80, '80', '80.00'],
  [-0.001_234, '-0.00123', '-0.00123'],
  [0, '0', '0.00'],
  [1_234_567.891, '1,234,568', '1,234,568'],
])('%s is shown as %s, large as %s', (value, shown, figure) => {
  expect(displayValue(value, 'en')).toBe(shown);
  expect(displayFigure(value, 'en')).toBe(figure);
});

test('changes have their sign', () => {
  expect([1.234, -0.5, 0, 0.0267, 0.0031, 12_345.6].map((change) => displayChange(change, 'en'))).toEqual([
    ...['+1.23', '−0.50', '±0.00', '+0.03', '+0.003', '+12,346'],
  ]);
});

test.each([
  [0, '0.0 s'],
  [940, '0.9 s'],
  [12_400, '12 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000 + 5_000, '1 h'],
  [187_200_000, '2 d 4 h'],
])('%s ms last %s', (ms, text) => {
  expect(displayDuration(ms, ENGLISH)).toBe(text);
});

test('tenths have the mark of the language', () => {
  expect(displayDuration(940, SPANISH)).toBe('0,9 s');
});

test('what was less than a second ago is just now', () => {
  expect([0, 940, 950, 62_000].map((age) => displayAge(age, ENGLISH))).toEqual([
    ...['just now', 'just now', '1 s ago', '1 min 2 s ago'],
  ]);
});

test('a difference in the last digits of a sum is no change', () => {
  expect(changeOf(79.616_666_666_666_66, 79.616_666_666_666_67)).toBe(0);
  expect(changeOf(0.000_012, 0.000_011)).toBeCloseTo(0.000_001);
});
