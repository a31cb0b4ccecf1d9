import { anomalySchema } from '@atalaya/contracts';
import fc from 'fast-check';
import { InvalidOptionError } from '../errors.js';
import { RandomNumbers } from '../evaluation/random-numbers.js';
import { detectPeerOutliers, type PeerOptions } from './detect-peer-outliers.js';

const TICK = 1_700_000_000_000;

function namesOf(values: Record<string, number>, options?: PeerOptions): string[] {
  return detectPeerOutliers(values, TICK, options).map(({ sensor }) => sensor);
}

test('it names the sensor that is out of line, in the form of the HTTP interface', () => {
  const outliers = detectPeerOutliers({ a: 80, b: 81, c: 79, d: 80, e: 82, f: 80, g: 0 }, TICK);
  expect(outliers).toEqual([
    {
      sensor: 'g',
      timestamp: TICK,
      value: 0,
      method: 'peers',
      score: expect.any(Number) as number,
      expected: { min: expect.any(Number) as number, max: expect.any(Number) as number },
    },
  ]);
  expect(outliers[0]!.score).toBeGreaterThan(20);
  expect(outliers[0]!.expected.min).toBeGreaterThan(60);
  expect(outliers[0]!.expected.max).toBeLessThan(100);
  expect(anomalySchema.parse(outliers[0])).toEqual(outliers[0]);
});

test('it takes a map, and any pairs', () => {
  const values = new Map(Object.entries({ a: 1, b: 1, c: 2, d: 2, e: 3, f: 99 }));
  const expected = detectPeerOutliers(Object.fromEntries(values), TICK);
  expect(expected.map(({ sensor }) => sensor)).toEqual(['f']);
  expect(detectPeerOutliers(values, TICK)).toEqual(expected);
  expect(detectPeerOutliers(values.entries(), TICK)).toEqual(expected);
});

test('with fewer peers than minPeers nobody is named', () => {
  const five = { a: 80, b: 80, c: 80, d: 80, e: 500 };
  expect(namesOf(five)).toEqual([]);
  expect(namesOf(five, { minPeers: 4 })).toEqual(['e']);
  expect(namesOf({})).toEqual([]);
});

test('a sensor without a finite value is neither named nor a peer', () => {
  const values = { a: 80, b: 80, c: 80, d: 80, e: 500, broken: Number.NaN };
  expect(namesOf(values)).toEqual([]);
  expect(namesOf({ ...values, f: 80 })).toEqual(['e']);
});

test('several sensors are named, fewer than a quarter of them', () => {
  const values = Object.fromEntries(
    Array.from({ length: 16 }, (_, index) => [`s${index}`, 80 + (index % 4)]),
  );
  expect(namesOf({ ...values, low: -50, high: 300, higher: 400, highest: 500 })).toEqual([
    'low',
    'high',
    'higher',
    'highest',
  ]);
});

test('equal values but for one step of their resolution name nobody', () => {
  expect(namesOf({ a: 20, b: 20, c: 20, d: 20, e: 20, f: 21 })).toEqual([]);
  expect(namesOf({ a: 20, b: 20, c: 20, d: 20, e: 20, f: 21 }, { resolution: 0.1 })).toEqual(['f']);
});

test('a healthy fleet is named at no more than one tick in 1,000', () => {
  const random = new RandomNumbers(12);
  for (const sensors of [6, 8, 12, 30]) {
    let ticksWithNames = 0;
    for (let tick = 0; tick < 5_000; tick += 1) {
      const values = Array.from(
        { length: sensors },
        (_, id) => [String(id), random.integer(75, 85)] as const,
      );
      if (detectPeerOutliers(values, TICK).length > 0) ticksWithNames += 1;
    }
    expect(ticksWithNames).toBeLessThanOrEqual(5);
  }
});

test('the order of the sensors does not matter, and every result is finite', () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 75, max: 85 }),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 6, maxLength: 30 }), (values) => {
      const pairs = values.map((each, index) => [String(index), each] as const);
      const outliers = detectPeerOutliers(pairs, TICK);
      const reversed = detectPeerOutliers([...pairs].reverse(), TICK);
      expect([...reversed].reverse()).toEqual(outliers);
      for (const { score, expected } of outliers) {
        expect([score, expected.min, expected.max].every(Number.isFinite)).toBe(true);
      }
    }),
  );
});

test.each<[object, string]>([
  [{ minPeers: 2 }, 'minPeers must be an integer from 3 to 1000000, but is 2'],
  [{ threshold: -1 }, 'threshold must be a finite number above 0, but is -1'],
  [{ resolution: Number.NaN }, 'resolution must be a finite number of at least 0, but is NaN'],
  [{ peers: 5 }, 'option "peers" is unknown; there are minPeers, threshold, resolution'],
])('%j is refused', (options, message) => {
  expect(() => detectPeerOutliers({}, TICK, options)).toThrow(InvalidOptionError);
  expect(() => detectPeerOutliers({}, TICK, options)).toThrow(message);
});
