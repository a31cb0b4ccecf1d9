import { compareSequences, lockQueue } from './lock-node.js';

const guid = 'a'.repeat(32);

test('rule 10: candidates are ordered by sequence, not by text and not by prefix', () => {
  const names = [
    `b${guid.slice(1)}__lock__0000000010`,
    `${guid}__lock__0000000009`,
    `c${guid.slice(1)}__lock__0000000100`,
  ];
  expect(lockQueue(names).map(({ sequence }) => sequence)).toEqual([9, 10, 100]);
});

test('rule 10: the order goes on across the wrap from 2147483647 to -2147483648', () => {
  const names = ['-2147483648', '2147483646', '-2147483647', '2147483647'].map((n) => `${guid}__lock__${n}`);
  expect(lockQueue(names).map(({ sequence }) => sequence)).toEqual([
    2_147_483_646, 2_147_483_647, -2_147_483_648, -2_147_483_647,
  ]);
  expect(compareSequences(2_147_483_647, -2_147_483_648)).toBeLessThan(0);
  expect(compareSequences(-1, 0)).toBeLessThan(0);
});

test('negative sequences are read as the server writes them, with nine digits', () => {
  expect(lockQueue([`${guid}__lock__-000000005`])).toEqual([
    { name: `${guid}__lock__-000000005`, sequence: -5 },
  ]);
});

test('children that are no candidates are passed over', () => {
  expect(lockQueue(['lease_holder', `${guid}__rlock__0000000001`, `${guid}__lock__12`])).toEqual([]);
});
