import fc from 'fast-check';
import { decodeSamples, encodeSamples } from './sample-codec.js';
import { SampleColumn } from './sample-column.js';

const timestamps = fc.uniqueArray(fc.maxSafeNat(), { maxLength: 60 }).map((all) => all.sort((a, b) => a - b));

test('any samples are decoded as they were encoded', () => {
  fc.assert(
    fc.property(timestamps, fc.array(fc.double(), { minLength: 60, maxLength: 60 }), (ascending, values) => {
      const column = new SampleColumn();
      for (const [index, timestamp] of ascending.entries()) column.insertAt(index, timestamp, values[index]!);
      const decoded = decodeSamples(encodeSamples(column));
      expect(rows(decoded)).toEqual(rows(column));
    }),
    { numRuns: 500 },
  );
});

test('steady ticks of plain values take few bytes', () => {
  const column = new SampleColumn();
  for (let tick = 0; tick < 4096; tick++)
    column.insertAt(tick, 1_734_000_000_000 + tick * 5000, 75 + (tick % 11));
  expect(encodeSamples(column).length).toBeLessThan(4096 * 5);
});

test('damaged bytes are refused or decoded, without running on', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        expect(decodeSamples(Buffer.from(bytes)).length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { numRuns: 2000 },
  );
});

function rows(column: SampleColumn): [number, number][] {
  return Array.from({ length: column.length }, (_unused, index) => [
    column.timestampAt(index),
    column.valueAt(index),
  ]);
}
