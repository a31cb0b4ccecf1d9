import { random, roundRobin, sticky } from './pick.js';

const ids = ['a', 'b', 'c', 'd'];

test('round robin takes each in its turn, and a change of members skips nobody', () => {
  const pick = roundRobin();
  expect([0, 1, 2, 3, 4].map(() => pick(ids))).toEqual(['a', 'b', 'c', 'd', 'a']);
  expect(pick(['a', 'aa', 'b', 'c'])).toBe('aa');
  expect(pick(['c', 'd'])).toBe('c');
  expect(pick(['a'])).toBe('a');
  expect(pick(['a'])).toBe('a');
});

test('random takes each as often as the others', () => {
  let state = 1;
  const pick = random(() => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647);
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 4_000; draw++) counts.set(pick(ids), (counts.get(pick(ids)) ?? 0) + 1);
  for (const id of ids) expect(counts.get(id)).toBeGreaterThan(850);
  expect(random(() => 1 - Number.EPSILON / 2)(ids)).toBe('d');
});

test('sticky spreads keys evenly, and moves only the keys of the one that leaves', () => {
  const keys = Array.from({ length: 2_000 }, (_, index) => `key-${index}`);
  const before = keys.map((key) => sticky(key)(ids));
  for (const id of ids) {
    const share = before.filter((picked) => picked === id).length;
    expect(share).toBeGreaterThan(400);
    expect(share).toBeLessThan(600);
  }
  const after = keys.map((key) => sticky(key)(['a', 'b', 'd']));
  keys.forEach((_, index) => {
    if (before[index] !== 'c') expect(after[index]).toBe(before[index]);
  });
  expect(new Set(after.filter((_, index) => before[index] === 'c')).size).toBe(3);
});
