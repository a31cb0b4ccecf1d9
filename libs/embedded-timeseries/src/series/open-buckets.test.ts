import { AGGREGATOR_NAMES } from './aggregator-name.js';
import { CompactionRule } from './compaction-rule.js';
import { OpenBuckets } from './open-buckets.js';

const rules = AGGREGATOR_NAMES.map((name) => new CompactionRule(`target:${name}`, name, 60_000, 0));

/** Buckets of all aggregators, each with its position as start, and with values of its own. */
function filledBuckets(): OpenBuckets {
  const buckets = new OpenBuckets();
  for (const rule of rules) buckets.add(rule);
  for (const [timestamp, offset] of [
    [1_000, 1.5],
    [2_000, -3],
    [4_000, 2],
  ] as const) {
    buckets.update(rules, (rule, bucket) => {
      const position = rules.indexOf(rule);
      bucket.start = position;
      if (!bucket.aggregator.accepts(10 * position + offset)) return;
      bucket.aggregator.add(10 * position + offset, timestamp);
      bucket.hasValues = true;
    });
  }
  return buckets;
}

function contents(buckets: OpenBuckets, of: readonly CompactionRule[]) {
  return of.map((rule, position) => {
    const { start, hasValues, aggregator } = buckets.copyOf(rule, position);
    return { name: rule.aggregatorName, start, hasValues, result: aggregator.result() };
  });
}

test('a new bucket has no start and no values', () => {
  const buckets = new OpenBuckets();
  for (const rule of rules) buckets.add(rule);
  for (const [position, rule] of rules.entries()) {
    expect(buckets.startOf(position)).toBeUndefined();
    expect(buckets.copyOf(rule, position)).toMatchObject({ start: undefined, hasValues: false });
  }
});

test('buckets beside each other keep their own values, whatever their aggregators', () => {
  const found = contents(filledBuckets(), rules);
  for (const [position, { name, start, hasValues, result }] of found.entries()) {
    expect({ name, start, hasValues }).toEqual({ name, start: position, hasValues: name !== 'countnan' });
    const base = 10 * position;
    const expected: Readonly<Record<string, number>> = {
      min: base - 3,
      max: base + 2,
      sum: 3 * base + 0.5,
      avg: base + 0.5 / 3,
      count: 3,
      first: base + 1.5,
      last: base + 2,
      range: 5,
      countnan: 0,
      countall: 3,
    };
    if (name in expected) expect(result).toBeCloseTo(expected[name] ?? NaN, 10);
  }
});

test('what is stored of them is loaded again', () => {
  const stored = filledBuckets();
  const numbers = stored.numbers.values();
  const loaded = new OpenBuckets();
  loaded.load(rules, () => numbers.next().value ?? NaN);
  expect(loaded.numbers).toEqual(stored.numbers);
  expect(contents(loaded, rules)).toEqual(contents(stored, rules));
});

test('without one of them the others are as they were', () => {
  const all = contents(filledBuckets(), rules);
  for (const removed of rules.keys()) {
    const buckets = filledBuckets();
    buckets.remove(removed);
    expect(contents(buckets, rules.toSpliced(removed, 1))).toEqual(all.toSpliced(removed, 1));
  }
});

test('one is replaced by another, and a copy is not tied to it', () => {
  const buckets = filledBuckets();
  const before = contents(buckets, rules);
  const position = rules.findIndex(({ aggregatorName }) => aggregatorName === 'sum');
  const rule = rules[position];
  if (rule === undefined) throw new Error('There is no such rule.');
  const copy = buckets.copyOf(rule, position);
  copy.aggregator.add(100, 5_000);
  expect(contents(buckets, rules)).toEqual(before);
  buckets.replace(position, { ...copy, start: 77 });
  const sum = before[position]?.result ?? NaN;
  expect(contents(buckets, rules)).toEqual(
    before.with(position, { name: 'sum', start: 77, hasValues: true, result: sum + 100 }),
  );
});
