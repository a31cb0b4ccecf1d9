import { encodeSamples } from '../series/sample-codec.js';
import { SampleColumn } from '../series/sample-column.js';
import { ChunkCache } from './chunk-cache.js';

const CAPACITY_BYTES = 1024 * 1024;

function column(length: number): SampleColumn {
  const samples = new SampleColumn();
  for (let i = 0; i < length; i++) samples.insertAt(i, i, i);
  return samples;
}

/** A cache over chunks on a disk, whose commits are ended by hand. */
function cacheOverDisk() {
  const disk = new Map<number, Buffer>();
  const loads: number[] = [];
  let commit = 1;
  const cache = new ChunkCache(CAPACITY_BYTES, (_series, id) => {
    loads.push(id);
    return disk.get(id);
  });
  return {
    cache,
    loads,
    access: cache.access(() => commit),
    /** Writes what has changed; it counts as committed once the answer is called. */
    begin: () => {
      for (const [, id, bytes] of cache.takeChanges()) {
        if (bytes) disk.set(id, bytes);
        else disk.delete(id);
      }
      const ended = commit++;
      return () => {
        cache.committed(ended);
      };
    },
  };
}

test('a chunk that samples were sealed into is there until it is committed, and then read from disk', () => {
  const { access, begin, loads } = cacheOverDisk();
  access.writeSealed(1, 1, column(10));
  const end = begin();
  expect(access.readToSeal(1, 1).length).toBe(10);
  expect(loads).toEqual([]);
  end();
  expect(access.readToSeal(1, 1).length).toBe(10);
  expect(access.readToSeal(1, 1).length).toBe(10);
  expect(loads).toEqual([1, 1]);
});

test('one that is sealed into again while it is committed stays until the later commit', () => {
  const { access, begin, loads } = cacheOverDisk();
  access.writeSealed(1, 1, column(10));
  const first = begin();
  access.writeSealed(1, 1, column(20));
  first();
  expect(access.readToSeal(1, 1).length).toBe(20);
  expect(loads).toEqual([]);
  begin()();
  expect(access.readToSeal(1, 1).length).toBe(20);
  expect(loads).toEqual([1]);
});

test('one that was read stays, also when samples are sealed into it', () => {
  const { access, begin, loads } = cacheOverDisk();
  access.writeSealed(1, 1, column(10));
  const end = begin();
  access.read(1, 1);
  end();
  const samples = access.readToSeal(1, 1);
  samples.append(column(5));
  access.writeSealed(1, 1, samples);
  begin()();
  expect(access.read(1, 1).length).toBe(15);
  expect(loads).toEqual([]);
});

test('one that is written in its middle is kept: more such samples may follow', () => {
  const { access, begin, loads } = cacheOverDisk();
  access.write(1, 1, column(10));
  begin()();
  expect(access.read(1, 1).length).toBe(10);
  expect(loads).toEqual([]);
});

test('what is removed, or forgotten, is not found again', () => {
  const { cache, access, begin } = cacheOverDisk();
  access.writeSealed(1, 1, column(10));
  access.remove(1, 1);
  begin()();
  expect(() => access.read(1, 1)).toThrow('Chunk 1 of series 1 is missing');
  access.writeSealed(1, 2, column(10));
  cache.clear();
  begin()();
  expect(() => access.readToSeal(1, 2)).toThrow('Chunk 2 of series 1 is missing');
});

test('more than there is room for is let go, the least recently read first', () => {
  const { access, begin, loads } = cacheOverDisk();
  const large = column(10_000);
  const count = Math.ceil(CAPACITY_BYTES / large.byteLength) + 1;
  for (let id = 1; id <= count; id++) access.write(1, id, column(10_000));
  begin()();
  expect(encodeSamples(access.read(1, count)).equals(encodeSamples(large))).toBe(true);
  expect(loads).toEqual([]);
  access.read(1, 1);
  expect(loads).toEqual([1]);
});
