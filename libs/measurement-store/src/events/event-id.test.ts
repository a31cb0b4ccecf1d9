import { compareEventIds, isEventId } from './event-id.js';

test.each(['1-0', '1734103892669-12', '18446744073709551615-18446744073709551615'])('%s is an id', (id) => {
  expect(isEventId(id)).toBe(true);
});

test.each([undefined, '', '1', '1-', '-1', '1-0 ', '(1-0', '1-0-0', `1${'0'.repeat(20)}-0`])(
  '%j is none',
  (id) => {
    expect(isEventId(id)).toBe(false);
  },
);

test('ids are compared as numbers', () => {
  expect(compareEventIds('9-0', '10-0')).toBeLessThan(0);
  expect(compareEventIds('10-9', '10-10')).toBeLessThan(0);
  expect(compareEventIds('18446744073709551615-1', '18446744073709551614-2')).toBeGreaterThan(0);
  expect(compareEventIds('5-1', '5-1')).toBe(0);
});
