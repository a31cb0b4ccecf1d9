import { JuteReader, JuteWriter, STAT_BYTES } from '@atalaya/zookeeper-protocol';
import { KnownListings } from './known-listings.js';

test('of long listings a few megabytes are remembered, those used last', () => {
  const listings = new KnownListings();
  const bytesOf = (names: readonly string[]) => {
    const writer = new JuteWriter();
    writer.vector(names, (_, name) => writer.string(name));
    writer.raw(Buffer.alloc(STAT_BYTES));
    return writer.take();
  };
  const long = bytesOf(Array.from({ length: 1_000 }, (_, index) => `${index}`.padStart(996, 'x')));
  const list = (path: string) => listings.read(path, new JuteReader(long)).names;
  for (const path of ['/a', '/b', '/c', '/d']) list(path);
  expect(listings.totalBytes).toBe(4 * (long.length - STAT_BYTES));
  list('/a');
  list('/e');
  expect(listings.totalBytes).toBeLessThan(4.2e6);
  expect([...listings.paths]).toEqual(['/c', '/d', '/a', '/e']);
  expect(list('/a')).toHaveLength(1_000);
  listings.read('/a', new JuteReader(bytesOf(['one'])));
  expect([...listings.paths]).toEqual(['/c', '/d', '/e']);
});
