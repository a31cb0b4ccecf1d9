import { AnomalyDetectionError, InvalidOptionError, UnorderedMeasurementsError } from './errors.js';

test('every error is of the base class, with its own name and code', () => {
  const errors = [
    InvalidOptionError.outOfRange('threshold', 0, 'above 0'),
    InvalidOptionError.unknown('treshold', ['threshold']),
    new UnorderedMeasurementsError(1, 5, 10),
  ];
  expect(errors.every((error) => error instanceof AnomalyDetectionError)).toBe(true);
  expect(errors.map(({ name, code }) => [name, code])).toEqual([
    ['InvalidOptionError', 'INVALID_OPTION'],
    ['InvalidOptionError', 'INVALID_OPTION'],
    ['UnorderedMeasurementsError', 'UNORDERED_MEASUREMENTS'],
  ]);
});
