import { recordingLogger } from '../../test/recording-logger.js';
import { LeftOutReporter } from './left-out-reporter.js';
import type { SortedValues } from './sort-out.js';

function values(parts: {
  valid?: string[];
  stale?: string[];
  invalid?: Record<string, string>;
}): SortedValues {
  return {
    valid: new Map((parts.valid ?? []).map((id) => [id, 1])),
    stale: parts.stale ?? [],
    invalid: new Map(Object.entries(parts.invalid ?? {})),
  };
}

test('names each sensor once until it counts again', () => {
  const { logger, lines } = recordingLogger();
  const reporter = new LeftOutReporter(logger, 15_000);
  reporter.update(values({ valid: ['a'], stale: ['s'], invalid: { i: 'warm' } }));
  reporter.update(values({ valid: ['a'], stale: ['s'], invalid: { i: 'cold' } }));
  expect(lines()).toEqual([
    'warn: left out of the mean, not a finite decimal number: i ("warm")',
    'warn: left out of the mean, not written for more than 15000 ms: s',
  ]);
  reporter.update(values({ valid: ['a', 'i', 's'] }));
  reporter.update(values({ valid: ['a', 'i', 's'] }));
  expect(lines().slice(2)).toEqual(['info: in the mean again: i, s']);
  reporter.update(values({ valid: ['a', 's'], invalid: { i: 'warm' } }));
  expect(lines().slice(3)).toEqual(['warn: left out of the mean, not a finite decimal number: i ("warm")']);
});

test('a sensor that leaves is forgotten without a word', () => {
  const { logger, lines } = recordingLogger();
  const reporter = new LeftOutReporter(logger, 15_000);
  reporter.update(values({ stale: ['s'] }));
  reporter.update(values({}));
  reporter.update(values({ valid: ['s'] }));
  expect(lines()).toHaveLength(1);
});

test('many sensors of one moment are named in one line of bounded length', () => {
  const { logger, lines } = recordingLogger();
  const reporter = new LeftOutReporter(logger, 15_000);
  reporter.update(values({ stale: Array.from({ length: 5_000 }, (_, index) => `s-${index}`) }));
  expect(lines()).toHaveLength(1);
  expect(lines()[0]).toMatch(/s-99 and 4900 more$/);
});
