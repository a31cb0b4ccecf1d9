import { pino } from 'pino';
import { OutageReporter } from './outage-reporter.js';

function setUp(): { reporter: OutageReporter; lines: string[]; advance: (ms: number) => void } {
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
