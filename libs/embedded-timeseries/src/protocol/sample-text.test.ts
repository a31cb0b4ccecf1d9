import fc from 'fast-check';
import { formatDouble, formatSampleValue } from './format-double.js';
import { SamplesReply } from './reply.js';
import { sampleRows } from './sample-text.js';

/** The same rows, one text after the other. */
function plainRows(
  timestamps: number[],
  values: number[],
  perSample: number,
  isNested: boolean,
  version: 2 | 3,
) {
  const format = version === 3 ? formatDouble : formatSampleValue;
  return timestamps
    .map((timestamp, row) => {
      const own = values
        .slice(row * perSample, (row + 1) * perSample)
        .map((value) => `${version === 3 ? ',' : '+'}${format(value)}\r\n`)
        .join('');
      return isNested
        ? `*2\r\n:${timestamp}\r\n*${perSample}\r\n${own}`
        : `*${1 + perSample}\r\n:${timestamp}\r\n${own}`;
    })
    .join('');
}

const timestamp = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(3_000_000),
  fc.nat(2_000_000).map((ms) => 1_700_000_000_000 + ms),
);
const value = fc.oneof(
  fc.double(),
  fc.float(),
  fc.integer(),
  fc.integer({ min: -100_000, max: 100_000 }).map((n) => n / 10_000),
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((n) => n / 100),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 31 - 0.5, 0.00005, 0.1 + 0.2, 1e21),
);

test.each([2, 3] as const)('rows in RESP%i are those of the plain texts', (version) => {
  fc.assert(
    fc.property(
      fc.array(timestamp, { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.array(value, { minLength: 160, maxLength: 160 }),
      (timestamps, perSample, isNested, all) => {
        const values = all.slice(0, timestamps.length * perSample);
        const reply = new SamplesReply(timestamps, values, perSample, isNested);
        expect(sampleRows(reply, version)).toBe(plainRows(timestamps, values, perSample, isNested, version));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a reply longer than what is put together at once is whole', () => {
  const timestamps = Array.from({ length: 20_000 }, (_, i) => 1_700_000_000_000 + i * 777);
  const values = timestamps.flatMap((at) => [at / 3, (at % 1_000) / 100, -at]);
  const reply = new SamplesReply(new Float64Array(timestamps), new Float64Array(values), 3);
  expect(sampleRows(reply, 2)).toBe(plainRows(timestamps, values, 3, false, 2));
});

test('one row with very many values is whole', () => {
  const values = Array.from({ length: 30_000 }, (_, i) => i / 7);
  const reply = new SamplesReply([1], values, values.length, true);
  expect(sampleRows(reply, 3)).toBe(plainRows([1], values, values.length, true, 3));
});
