import fc from 'fast-check';
import { compareEventIds, isEventId } from './event-id.js';

test.each(['1-0', '0-0', '1700000005000-12', '18446744073709551615-18446744073709551615'])(
  '%s is an id',
  (id) => {
    expect(isEventId(id)).toBe(true);
  },
);

test.each(['', '1', '-1', '1-', '01-0', '1-00', '1-0 ', '1-0\n', '0x1-0', '$', '1-0-0'])(
  '%j is none',
  (id) => {
    expect(isEventId(id)).toBe(false);
  },
);

test('ids are in the order of their numbers, also past what a double holds', () => {
  const part = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  fc.assert(
    fc.property(part, part, part, part, (aMs, aCount, bMs, bCount) => {
      const expected = aMs === bMs ? Number(aCount > bCount) - Number(aCount < bCount) : aMs < bMs ? -1 : 1;
      expect(Math.sign(compareEventIds(`${aMs}-${aCount}`, `${bMs}-${bCount}`))).toBe(expected);
    }),
  );
});
