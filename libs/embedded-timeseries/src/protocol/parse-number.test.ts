import { parseInteger, parseRedisDouble, parseSampleValue } from './parse-number.js';

test.each([
  '+1',
  '01',
  '-0',
  ' 1',
  '1 ',
  '',
  '1.0',
  '1e3',
  '0x1',
  '9223372036854775808',
  '-9223372036854775809',
])('%j is no integer', (text) => {
  expect(parseInteger(text)).toBeUndefined();
});

test.each([
  ['0', 0],
  ['-5', -5],
  ['9223372036854775807', 2 ** 63],
])('%s is an integer', (text, value) => {
  expect(parseInteger(text)).toBe(value);
});

test.each(['+5', '.5', '5.', '0x10', 'inf', '1e400', '', '-', '01', '1e', ' 1', 'x'])(
  '%j is no sample value',
  (text) => {
    expect(parseSampleValue(text)).toBeUndefined();
  },
);

test.each([
  ['1E3', 1000],
  ['-0', -0],
  ['nan', NaN],
  ['-NaN', NaN],
  ['1e-400', 0],
])('%s is a sample value', (text, value) => {
  expect(parseSampleValue(text)).toBe(value);
});

test.each([
  ['+5', 5],
  ['.5', 0.5],
  ['5.', 5],
  ['0x10', 16],
  ['-inf', -Infinity],
  ['Infinity', Infinity],
  ['nan', undefined],
  ['1e400', undefined],
  [' 1', undefined],
])('%s as an option is %s', (text, value) => {
  expect(parseRedisDouble(text)).toBe(value);
});
