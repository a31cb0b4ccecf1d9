import fc from 'fast-check';
import { formatDouble, formatSampleValue } from './format-double.js';

// Pairs from a real server.
test.each([
  [0.1, '1E-1'],
  [1e21, '1E21'],
  [1e-7, '1E-7'],
  [-0, '-0'],
  [1.2345678901234568e17, '1.2345678901234568E17'],
  [0.30000000000000004, '3.0000000000000004E-1'],
  [5e-324, '5E-324'],
  [Number.MAX_VALUE, '1.7976931348623157E308'],
  [79.66666666666667, '79.66666666666667'],
  [100, '100'],
  [-0.64, '-6.4E-1'],
  [NaN, 'NaN'],
])('%d is written as %s', (value, text) => {
  expect(formatSampleValue(value)).toBe(text);
});

test('every double reads back as itself in both forms', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(formatSampleValue(value))).toBe(value);
      expect(Number(formatDouble(value))).toBe(value);
    }),
    { numRuns: 2000 },
  );
});

test('doubles of RESP3 name what is no number', () => {
  expect([NaN, Infinity, -Infinity, -0, 1e21].map(formatDouble)).toEqual([
    'nan',
    'inf',
    '-inf',
    '-0',
    '1e+21',
  ]);
});
