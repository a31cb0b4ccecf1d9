import { anomalySchema } from '@atalaya/contracts';
import { RandomNumbers } from '../evaluation/random-numbers.js';
import { UnorderedMeasurementsError } from '../errors.js';
import { detectAnomalies } from './detect-anomalies.js';
import { createHampelDetector } from './hampel-detector.js';

function measurements(count: number) {
  const random = new RandomNumbers(11);
  return Array.from({ length: count }, (_, index) => ({
    timestamp: 1_700_000_000_000 + index * 5_000,
    value: random.integer(75, 85) + (index % 97 === 96 ? 60 : 0),
  }));
}

test('it finds the planted values and nothing else', () => {
  const range = measurements(1_000);
  const planted = range.filter((_, index) => index % 97 === 96).map(({ timestamp }) => timestamp);
  expect(detectAnomalies(range).map(({ timestamp }) => timestamp)).toEqual(planted);
});

test('it reports what the detector says of each value', () => {
  const range = measurements(500);
  const detector = createHampelDetector({ threshold: 2 });
  const expected = range.flatMap((measurement) => {
    const judgement = detector.push(measurement);
    if (judgement?.anomalous !== true) return [];
    const { score, expected } = judgement;
    return [{ ...measurement, method: 'hampel', score, expected }];
  });
  expect(expected.length).toBeGreaterThan(0);
  expect(detectAnomalies(range, { threshold: 2 })).toEqual(expected);
});

test('results, with a sensor, have the form of the HTTP interface', () => {
  for (const anomaly of detectAnomalies(measurements(1_000))) {
    expect(anomalySchema.parse({ sensor: null, ...anomaly })).toEqual({ sensor: null, ...anomaly });
  }
});

test('it takes any iterable, and nothing of an empty one', () => {
  expect(detectAnomalies([])).toEqual([]);
  expect(detectAnomalies(new Set(measurements(200)))).toHaveLength(2);
});

test.each([
  ['out of order', [2, 1]],
  ['twice', [1, 1]],
  ['not a number', [Number.NaN]],
])('a timestamp that is %s is refused', (_, timestamps) => {
  const detect = () => detectAnomalies(timestamps.map((timestamp) => ({ timestamp, value: 1 })));
  expect(detect).toThrow(UnorderedMeasurementsError);
  expect(detect).toThrow(expect.objectContaining({ code: 'UNORDERED_MEASUREMENTS' }) as Error);
  expect(detect).toThrow('oldest first');
});
