import fc from 'fast-check';
import { decodeSamples, encodeSamples } from './sample-codec.js';
import { type SampleColumn } from './sample-column.js';
import { type ChunkAccess, SampleStore } from './sample-store.js';

/** Chunks as bytes, as on disk: nothing can be changed behind the store's back. */
function memoryChunks(): ChunkAccess {
  const chunks = new Map<number, Buffer>();
  const read = (_series: number, id: number): SampleColumn => decodeSamples(chunks.get(id)!);
  const write = (_series: number, id: number, samples: SampleColumn): void => {
    chunks.set(id, encodeSamples(samples));
  };
  return {
    read,
    write,
    readToSeal: read,
    writeSealed: write,
    remove: (_series, id) => void chunks.delete(id),
  };
}

function contents(store: SampleStore, from: number, to: number, reverse = false): [number, number][] {
  const found: [number, number][] = [];
  for (const run of store.runs(from, to, reverse)) {
    const rows = Array.from({ length: run.to - run.from }, (_unused, index): [number, number] => [
      run.samples.timestampAt(run.from + index),
      run.samples.valueAt(run.from + index),
    ]);
    found.push(...(reverse ? rows.reverse() : rows));
  }
  return found;
}

type Step = { add: number; run: number } | { delete: [number, number] };

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ add: fc.nat(20_000), run: fc.integer({ min: 1, max: 400 }) }) },
    { weight: 1, arbitrary: fc.record({ delete: fc.tuple(fc.nat(20_000), fc.nat(20_000)) }) },
  ),
  { minLength: 1, maxLength: 20 },
);

test('in any order of additions and deletions the store holds what a map would', () => {
  fc.assert(
    fc.property(steps, fc.nat(20_000), fc.nat(20_000), (all: Step[], from, to) => {
      const store = new SampleStore(memoryChunks(), 1);
      const model = new Map<number, number>();
      for (const [number, step] of all.entries()) {
        if ('delete' in step) {
          const [first, last] = step.delete;
          const expected = [...model.keys()].filter((timestamp) => timestamp >= first && timestamp <= last);
          expect(store.deleteRange(first, last)).toBe(expected.length);
          for (const timestamp of expected) model.delete(timestamp);
          continue;
        }
        for (let timestamp = step.add; timestamp < step.add + step.run; timestamp++) {
          store.seal();
          const isNew = !model.has(timestamp);
          expect(store.upsert(timestamp, number, () => number)).toEqual({ value: number, isNew });
          model.set(timestamp, number);
        }
      }
      const sorted = [...model].sort(([a], [b]) => a - b);
      const within = sorted.filter(([timestamp]) => timestamp >= from && timestamp <= to);
      expect(store.length).toBe(sorted.length);
      expect(contents(store, from, to)).toEqual(within);
      expect(contents(store, from, to, true)).toEqual([...within].reverse());
      expect(store.last()?.timestamp).toBe(sorted.at(-1)?.[0]);
    }),
    { numRuns: 15 },
  );
}, 60_000);

test('chunks behind the retention are dropped whole', () => {
  const store = new SampleStore(memoryChunks(), 1);
  for (let timestamp = 0; timestamp < 10_000; timestamp++) {
    store.seal();
    store.upsert(timestamp, 1, () => 1);
  }
  store.dropChunksBefore(9000);
  const [first] = contents(store, 0, Infinity);
  expect(first?.[0]).toBeGreaterThan(4000);
  expect(first?.[0]).toBeLessThanOrEqual(9000);
});
