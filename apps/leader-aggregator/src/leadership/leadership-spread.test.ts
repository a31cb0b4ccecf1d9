import fc from 'fast-check';
import { LeadershipSpread, successorOf } from './leadership-spread.js';

test('a group goes to the candidate with the fewest groups, where the leader has two more', () => {
  expect(successorOf('a', 0, [['a', 'b', 'c'], ['a', 'b'], ['b']])).toBe('c');
  expect(successorOf('a', 1, [['a', 'b', 'c'], ['a', 'b'], ['b']])).toBeUndefined();
  expect(
    successorOf('a', 0, [
      ['a', 'b'],
      ['b', 'a'],
    ]),
  ).toBeUndefined();
  expect(
    successorOf('a', 0, [
      ['b', 'a'],
      ['a', 'b'],
      ['a', 'b'],
    ]),
  ).toBeUndefined();
  expect(successorOf('a', 0, [['a'], ['a'], ['a']])).toBeUndefined();
  // Candidates of other programs may stand without a name: nothing can be given to them.
  expect(
    successorOf('a', 0, [
      ['a', ''],
      ['a', ''],
      ['a', ''],
    ]),
  ).toBeUndefined();
});

test('whoever leads at first, one step after another leads to groups that are spread evenly, and then none follows', () => {
  const candidates = fc.integer({ min: 1, max: 6 });
  const groups = fc.integer({ min: 2, max: 20 });
  fc.assert(
    fc.property(candidates, groups, fc.infiniteStream(fc.nat()), (count, groupCount, numbers) => {
      const ids = Array.from({ length: count }, (_, index) => `c${index}`);
      const standing = Array.from({ length: groupCount }, () => {
        const first = (numbers.next().value as number) % count;
        return [...ids.slice(first), ...ids.slice(0, first)];
      });
      for (let steps = 0; ; steps += 1) {
        const given = standing.findIndex(
          (queue, group) => successorOf(queue[0]!, group, standing) !== undefined,
        );
        if (given === -1) break;
        const queue = standing[given]!;
        const heir = successorOf(queue[0]!, given, standing)!;
        standing[given] = [heir, ...queue.filter((id) => id !== heir)];
        expect(steps).toBeLessThan(groupCount);
      }
      const led = ids.map((id) => standing.filter(([first]) => first === id).length);
      expect(Math.max(...led) - Math.min(...led)).toBeLessThanOrEqual(1);
    }),
  );
});

test('the elections are read once for all groups, and anew after a step; where they cannot be read nothing is given away', async () => {
  let reads = 0;
  let fails = false;
  const election = {
    contenders: () => {
      reads += 1;
      return fails ? Promise.reject(new Error('away')) : Promise.resolve([{ id: 'a' }, { id: 'b' }]);
    },
  };
  const { signal } = new AbortController();
  const spread = new LeadershipSpread({ id: 'a', elections: [election, election], refreshMs: 1e9 });
  expect(await Promise.all([spread.successor(2, { signal }), spread.successor(2, { signal })])).toEqual([
    undefined,
    undefined,
  ]);
  expect(reads).toBe(2);
  expect(await spread.successor(1, { signal })).toBe('b');
  expect(reads).toBe(2);
  fails = true;
  expect(await spread.successor(0, { signal })).toBeUndefined();
  expect(reads).toBe(4);
});
