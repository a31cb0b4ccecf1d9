import { SlotSet } from './slot-set.js';

test('items are in until they are taken out, once', () => {
  const set = new SlotSet<{ name: string }>();
  const [takeA, takeB] = ['a', 'b'].map((name) => set.add({ name }));
  expect([set.size, [...set].map(({ name }) => name)]).toEqual([2, ['a', 'b']]);
  expect([takeA!(), takeA!(), set.size]).toEqual([true, false, 1]);
  const takeC = set.add({ name: 'c' });
  // Taken out again, `a` does not take out what is in its place now.
  expect(takeA!()).toBe(false);
  expect([...set].map(({ name }) => name).sort()).toEqual(['b', 'c']);
  expect([takeB!(), takeC(), set.size, [...set]]).toEqual([true, true, 0, []]);
});

test('places are used again', () => {
  const set = new SlotSet();
  for (let round = 0; round < 1_000; round += 1) {
    const leave = [{}, {}, {}].map((item) => set.add(item));
    expect(set.size).toBe(3);
    for (const each of leave) each();
  }
  expect([set.size, [...set]]).toEqual([0, []]);
});
