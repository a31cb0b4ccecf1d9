import { ObjectCache } from './object-cache.js';
import { StringValue } from './string-value.js';

/** Of one object, as the cache weighs it. */
const OBJECT_BYTES = 2_000;
const PERIOD_MS = 70_000;

function setUp(maxObjects: number) {
  let nowMs = 0;
  let nextId = 0;
  const cache = new ObjectCache({
    capacityBytes: 50 * OBJECT_BYTES,
    maxBytes: maxObjects * OBJECT_BYTES,
    now: () => nowMs,
  });
  const keysOf = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);
  return {
    cache,
    /** Reads objects as a database does; returns how many were not in memory. */
    use: (name: string, count: number): number => {
      const missing = keysOf(name, count).filter((key) => cache.get(key) === undefined);
      for (const key of missing) cache.add(new StringValue((nextId += 1), key, 'x'.repeat(1_000)));
      cache.trim(() => false);
      return missing.length;
    },
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('beyond the capacity objects that are used once are let go', () => {
  const { use } = setUp(1_000);
  expect(use('a', 100)).toBe(100);
  expect(use('a', 100)).toBeGreaterThanOrEqual(50);
});

test('what is used in each period stays beyond the capacity, once it was found to be in use', () => {
  const { use, pass } = setUp(1_000);
  use('a', 100);
  pass(PERIOD_MS);
  use('a', 100);
  for (let round = 0; round < 5; round++) {
    pass(PERIOD_MS / 5);
    expect(use('a', 100)).toBe(0);
  }
});

test('what is not used any more is let go for what is', () => {
  const { use, pass } = setUp(1_000);
  use('a', 100);
  pass(PERIOD_MS);
  use('a', 100);
  pass(2 * PERIOD_MS);
  use('b', 50);
  expect(use('b', 50)).toBe(0);
  expect(use('a', 100)).toBe(100);
});

test('beyond the maximum what is in use is let go, too', () => {
  const { use, pass } = setUp(60);
  use('a', 100);
  pass(PERIOD_MS);
  use('a', 100);
  pass(1_000);
  expect(use('a', 100)).toBeGreaterThanOrEqual(40);
});

test('objects with changes that are not on disk stay', () => {
  const { cache, use } = setUp(60);
  cache.add(new StringValue(1_000_000, 'changed', 'x'));
  const trim = cache.trim.bind(cache);
  cache.trim = () => {
    trim((object) => object.key === 'changed');
  };
  use('a', 200);
  expect(cache.get('changed')).toBeDefined();
});
