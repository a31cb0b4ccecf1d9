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

/** Elections of as many groups, of which a leads all and b none; `handOver` makes b the leader of one. */
function fourGroups() {
  const standing = Array.from({ length: 4 }, () => [{ id: 'a' }, { id: 'b' }]);
  const state = { reads: 0, fails: false };
  const elections = standing.map((_, group) => ({
    contenders: () => {
      state.reads += 1;
      return state.fails ? Promise.reject(new Error('away')) : Promise.resolve(standing[group]!);
    },
  }));
  const handOver = (group: number): void => {
    standing[group] = [{ id: 'b' }, { id: 'a' }];
  };
  return { state, elections, handOver, signal: new AbortController().signal };
}

test('the elections are read once for all groups, and anew after a step; where they cannot be read nothing is given', async () => {
  const { state, elections, signal } = fourGroups();
  const spread = new LeadershipSpread({ id: 'a', elections, refreshMs: 1e9 });
  const none = () => Promise.resolve(true);
  expect(await Promise.all([4, 5].map((group) => spread.step(group, none, { signal })))).toEqual([
    false,
    false,
  ]);
  expect(state.reads).toBe(4);
  const successors: string[] = [];
  const give = (successor: string) => Promise.resolve(successors.push(successor) > 0);
  expect(await spread.step(1, give, { signal })).toBe(true);
  expect(successors).toEqual(['b']);
  expect(state.reads).toBe(4);
  state.fails = true;
  expect(await spread.step(0, give, { signal })).toBe(false);
  expect(state.reads).toBe(8);
  expect(successors).toEqual(['b']);
});

test('of groups that ask at the same time one is given, and none before the elections were read anew', async () => {
  const { elections, handOver, signal } = fourGroups();
  const spread = new LeadershipSpread({ id: 'a', elections, refreshMs: 1e9 });
  const given: number[] = [];
  const ask = (): Promise<boolean[]> =>
    Promise.all(
      elections.map((_, group) =>
        spread.step(
          group,
          async () => {
            given.push(group);
            // Asked while it is under way: what the elections say is of before.
            expect(
              await spread.step((group + 1) % 4, () => Promise.reject(new Error('two')), { signal }),
            ).toBe(false);
            handOver(group);
            return true;
          },
          { signal },
        ),
      ),
    );
  expect(await ask()).toEqual([true, false, false, false]);
  expect(await ask()).toEqual([false, true, false, false]);
  expect(await ask()).toEqual([false, false, false, false]);
  expect(given).toEqual([0, 1]);
});

test('a step that comes to nothing hinders no other one', async () => {
  const { elections, signal } = fourGroups();
  const spread = new LeadershipSpread({ id: 'a', elections, refreshMs: 1e9 });
  expect(await spread.step(0, () => Promise.resolve(false), { signal })).toBe(false);
  await expect(spread.step(1, () => Promise.reject(new Error('lost')), { signal })).rejects.toThrow('lost');
  expect(await spread.step(2, () => Promise.resolve(true), { signal })).toBe(true);
});
