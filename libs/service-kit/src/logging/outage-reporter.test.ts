import { type Logger, pino } from 'pino';
import { OutageReporter } from './outage-reporter.js';

function setUp(): {
  reporter: OutageReporter;
  lines: string[];
  advance: (ms: number) => void;
  logger: Logger;
  now: () => number;
} {
  const lines: string[] = [];
  const logger = pino(
    {},
    {
      write: (line: string) => {
        lines.push((JSON.parse(line) as { msg: string }).msg);
      },
    },
  );
  let now = 0;
  const reporter = new OutageReporter({ logger, subject: 'the store', advice: 'start it', now: () => now });
  return {
    reporter,
    lines,
    logger,
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

test('an outage is reported once, reminded of once a minute, and its end reported with its duration', () => {
  const { reporter, lines, advance } = setUp();
  for (let second = 0; second <= 90; second += 1) {
    reporter.failed(new Error('refused'));
    advance(1_000);
  }
  reporter.recovered();
  expect(lines).toEqual([
    'the store is away: refused; start it',
    'the store is still away after 60 s: refused',
    'the store is back after 91.0 s',
  ]);
  expect(reporter.active).toBe(false);
});

test('a recovery without an outage says nothing, and a second outage is reported anew', () => {
  const { reporter, lines } = setUp();
  reporter.recovered();
  reporter.failed('one');
  reporter.recovered();
  reporter.failed('two');
  expect(lines).toEqual([
    'the store is away: one; start it',
    'the store is back after 0.0 s',
    'the store is away: two; start it',
  ]);
});

test('of a refusal each reason is reported once, told apart by its code', () => {
  const { lines, advance, logger, now } = setUp();
  const reporter = new OutageReporter({ logger, subject: 'the store', refusal: 'refuses to serve', now });
  const full = Object.assign(new Error('out of memory'), { code: 'FULL' });
  const readOnly = Object.assign(new Error('a replica'), { code: 'READ_ONLY' });
  for (const error of [new Error('refused'), full, readOnly, full, new Error('no route'), full]) {
    reporter.failed(error);
    advance(1_000);
  }
  advance(60_000);
  reporter.failed(full);
  reporter.recovered();
  reporter.failed(full);
  expect(lines).toEqual([
    'the store is away: refused',
    'the store refuses to serve: out of memory',
    'the store refuses to serve: a replica',
    'the store still refuses to serve after 66 s: out of memory',
    'the store is back after 66.0 s',
    'the store refuses to serve: out of memory',
  ]);
});
