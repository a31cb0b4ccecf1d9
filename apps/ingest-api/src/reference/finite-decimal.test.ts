import fc from 'fast-check';
import { parseFiniteDecimal } from './finite-decimal.js';

test.each([
  ['79', 79],
  ['79.5', 79.5],
  ['-3', -3],
  ['+3', 3],
  ['.5', 0.5],
  ['1e-07', 1e-7],
  ['1E+3', 1000],
  ['0', 0],
  ['007', 7],
  ['1.7976931348623157e308', Number.MAX_VALUE],
])('reads %j', (text, value) => {
  expect(parseFiniteDecimal(text)).toBe(value);
});

test.each([
  '',
  ' ',
  ' 5 ',
  '5 ',
  '5\n',
  '79,5',
  '0x10',
  '0b1',
  '1e400',
  '-1e400',
  'NaN',
  'Infinity',
  '-Infinity',
  'abc',
  '5.',
  '.',
  '1_000',
  '5e',
  '٣',
  '5\u0000',
  '1'.repeat(401),
])('refuses %j', (text) => {
  expect(parseFiniteDecimal(text)).toBeUndefined();
});

test('reads every finite number as JavaScript writes it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parseFiniteDecimal(String(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

test('what it reads is always finite', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const value = parseFiniteDecimal(text);
      expect(value === undefined || Number.isFinite(value)).toBe(true);
    }),
  );
});
