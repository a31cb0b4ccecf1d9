import fc from 'fast-check';
import { LabelIndex } from './label-index.js';

const id = fc.integer({ min: 1, max: 60 });
const label = fc
  .tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'))
  .map(([name, value]): [string, string] => [name, value]);
const steps = fc.array(fc.record({ adds: fc.boolean(), id, label }), { maxLength: 300 });

test('it finds what was added and not removed, of one series with a label as of many', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const index = new LabelIndex();
      const model = new Map<string, Set<number>>();
      for (const { adds, id, label } of all) {
        const ids = model.get(label.join('=')) ?? new Set();
        model.set(label.join('='), ids);
        if (adds) {
          index.add(id, [label]);
          ids.add(id);
        } else {
          index.remove(id, [label]);
          ids.delete(id);
        }
      }
      for (const name of ['a', 'b']) {
        for (const value of ['x', 'y']) {
          const found = index.find([{ label: name, kind: 'one-of', values: [value], isMatcher: true }]);
          expect(found.sort()).toEqual([...(model.get(`${name}=${value}`) ?? [])].sort());
        }
        const values = ['x', 'y'].filter((value) => (model.get(`${name}=${value}`)?.size ?? 0) > 0);
        expect([...index.valuesOf(name)].sort()).toEqual(values);
      }
    }),
  );
});

test('equal labels are one text, and a label that no series has is forgotten', () => {
  const index = new LabelIndex();
  index.add(1, [['kind', 'sensor']]);
  const [first] = index.shared([['kind', 'sensor']]);
  index.add(2, [['kind', 'sensor']]);
  expect(index.shared([['kind', 'sensor']])[0]).toBe(first);
  index.remove(1, [['kind', 'sensor']]);
  expect([...index.labels()]).toEqual(['kind']);
  index.remove(2, [['kind', 'sensor']]);
  expect([...index.labels()]).toEqual([]);
});
