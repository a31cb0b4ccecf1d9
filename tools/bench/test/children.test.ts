import { childrenBenchmark } from '../src/children/children-benchmark.js';

test('every client of this project reads all children, and is compared with the raw native client', async () => {
  const printed: string[] = [];
  const section = await childrenBenchmark({
    sizes: [20],
    rounds: 1,
    turnMs: 20,
    others: false,
    warmUpReads: 1,
    print: (line) => {
      printed.push(line);
    },
  });
  expect(section.rows.map(([children, name]) => [children, name])).toEqual([
    ['20', 'raw native client'],
    ['20', 'readChildren, native'],
    ['20', 'readChildren, wire'],
    ['20', 'cached group, wire'],
  ]);
  expect(section.plots).toHaveLength(1);
  expect(printed.length).toBeGreaterThan(4);
});
