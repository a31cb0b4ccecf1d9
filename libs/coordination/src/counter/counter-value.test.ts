import { decodeCounterValue, encodeCounterValue, wholeNumber } from './counter-value.js';

test('a value comes back as it was, whatever its size', () => {
  for (const value of [0n, -1n, 42n, 2n ** 64n, -(10n ** 900n)]) {
    expect(decodeCounterValue(encodeCounterValue(value), '/c')).toBe(value);
  }
});

test('two writes of one value differ, and by blanks alone', () => {
  const [one, other] = [encodeCounterValue(7n), encodeCounterValue(7n)];
  expect(one.equals(other)).toBe(false);
  expect(one.toString()).toMatch(/^7[ \t]{64}$/);
});

test.each(['7', ' 7\n', '+7', '007', '7\t  \t'])('%j of other writers is read', (text) => {
  expect(decodeCounterValue(Buffer.from(text), '/c')).toBe(7n);
});

test.each(['1.0', 'x', '0x1', '1 2', '--1', '9'.repeat(5_000), '1e3'])('%j is refused', (text) => {
  expect(() => decodeCounterValue(Buffer.from(text), '/c')).toThrow(
    expect.objectContaining({ code: 'INVALID_VALUE', path: '/c' }) as Error,
  );
});

test.each([0.5, NaN, Infinity, 2 ** 53, 10n ** 1000n])('%s is not a number to count with', (value) => {
  expect(() => wholeNumber(value, '/c')).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }) as Error,
  );
});
