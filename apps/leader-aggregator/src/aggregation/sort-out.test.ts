import type { Stat, ZnodeValue } from '@atalaya/coordination';
import fc from 'fast-check';
import { sortOut } from './sort-out.js';

function znode(data: string | Buffer, mtimeMs = 0): ZnodeValue {
  return { data: Buffer.from(data), stat: { mtimeMs } as Stat };
}

const options = { serverTimeMs: 100_000, staleAfterMs: 15_000 };

test('values, stale ones and invalid ones are told apart', async () => {
  const sorted = await sortOut(
    new Map([
      ['a', znode('79', 100_000)],
      ['b', znode(' 79.5\n', 85_000)],
      ['old', znode('79', 84_999)],
      ['future', znode('80', 200_000)],
      ['empty', znode('', 100_000)],
      ['text', znode('warm', 100_000)],
      ['partial', znode('79 C', 100_000)],
      ['nan', znode('nan', 100_000)],
      ['hex', znode('0x10', 100_000)],
      ['huge', znode('1e999', 100_000)],
      ['invalid and old', znode('?', 0)],
    ]),
    options,
  );
  expect(Object.fromEntries(sorted.valid)).toEqual({ a: 79, b: 79.5, future: 80 });
  expect(sorted.stale).toEqual(['old']);
  expect([...sorted.invalid.keys()]).toEqual([
    'empty',
    'text',
    'partial',
    'nan',
    'hex',
    'huge',
    'invalid and old',
  ]);
  expect(sorted.invalid.get('partial')).toBe('79 C');
});

test('a megabyte that begins like a number is refused without being looked at', async () => {
  const data = Buffer.from(`${'9'.repeat(1_000_000)}x`);
  const begun = performance.now();
  expect((await sortOut(new Map([['a', znode(data, 100_000)]]), options)).invalid.size).toBe(1);
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test('any bytes at all are sorted into exactly one of the three, and only finite numbers are valid', async () => {
  const children = fc.array(
    fc.tuple(
      fc.string({ minLength: 1 }),
      fc.oneof(
        fc.uint8Array(),
        fc.double().map((value) => new TextEncoder().encode(String(value))),
      ),
      fc.nat(200_000),
    ),
  );
  await fc.assert(
    fc.asyncProperty(children, async (entries) => {
      const map = new Map(entries.map(([id, data, mtimeMs]) => [id, znode(Buffer.from(data), mtimeMs)]));
      const { valid, stale, invalid } = await sortOut(map, options);
      expect([...valid.keys(), ...stale, ...invalid.keys()].sort()).toEqual([...map.keys()].sort());
      for (const value of valid.values()) expect(Number.isFinite(value)).toBe(true);
    }),
  );
});

test('the event loop comes round while very many values are sorted', async () => {
  const children = new Map(Array.from({ length: 12_000 }, (_, index) => [`s-${index}`, znode('1', 100_000)]));
  let turns = 0;
  const count = (): void => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const { valid } = await sortOut(children, options);
  clearImmediate(immediate);
  expect(valid.size).toBe(12_000);
  expect(turns).toBeGreaterThan(0);
});
