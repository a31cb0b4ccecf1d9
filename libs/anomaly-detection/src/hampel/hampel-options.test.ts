import { InvalidOptionError } from '../errors.js';
import { createHampelDetector } from './hampel-detector.js';
import { HAMPEL_DEFAULTS, type HampelOptions, hampelParameters } from './hampel-options.js';

test('what is left out or undefined has its default', () => {
  expect(hampelParameters({})).toEqual(HAMPEL_DEFAULTS);
  expect(hampelParameters({ threshold: undefined } as unknown as HampelOptions)).toEqual(HAMPEL_DEFAULTS);
  expect(hampelParameters({ windowSize: 60, maxGapMs: Infinity })).toEqual({
    ...HAMPEL_DEFAULTS,
    windowSize: 60,
    maxGapMs: Infinity,
  });
});

test.each<[object, string]>([
  [{ windowSize: 4 }, 'windowSize must be an integer from 5 to 100000, but is 4'],
  [{ windowSize: 60.5 }, 'windowSize must be an integer from 5 to 100000, but is 60.5'],
  [{ windowSize: '60' }, 'windowSize must be an integer from 5 to 100000, but is "60"'],
  [{ levelWindowSize: 2 }, 'levelWindowSize must be an integer from 3 to 100000, but is 2'],
  [{ warmUp: Number.NaN }, 'warmUp must be an integer from 5 to 100000, but is NaN'],
  [{ threshold: 0 }, 'threshold must be a finite number above 0, but is 0'],
  [{ threshold: Infinity }, 'threshold must be a finite number above 0, but is Infinity'],
  [{ acceptShiftAfter: 1 }, 'acceptShiftAfter must be an integer from 2 to 1000, but is 1'],
  [{ maxGapMs: -1 }, 'maxGapMs must be a finite number above 0, but is -1'],
  [{ resolution: -0.5 }, 'resolution must be a finite number of at least 0, but is -0.5'],
  [{ anomalies: 'kept' }, 'anomalies must be one of winsorised, excluded, raw, but is "kept"'],
  [{ treshold: 4 }, 'option "treshold" is unknown; there are windowSize, levelWindowSize, warmUp'],
])('%j is refused', (options, message) => {
  const create = () => createHampelDetector(options);
  expect(create).toThrow(message);
  expect(create).toThrow(InvalidOptionError);
  expect(create).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', name: 'InvalidOptionError' }) as Error,
  );
});
