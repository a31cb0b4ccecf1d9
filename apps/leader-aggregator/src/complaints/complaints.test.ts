import { recordingLogger } from '../../test/recording-logger.js';
import { Complaints } from './complaints.js';

test('says what is wrong once, reminds once a minute, and says when it is over', () => {
  let now = 0;
  const { logger, lines } = recordingLogger();
  const complaints = new Complaints(logger, () => now);
  for (; now <= 125_000; now += 5_000) complaints.raise('values', 'no values');
  expect(lines()).toEqual([
    'warn: no values',
    'warn: for 60 s now: no values',
    'warn: for 120 s now: no values',
  ]);
  complaints.clear('values', 'values again');
  complaints.clear('values', 'values again');
  complaints.clear('other', 'never said');
  expect(lines().slice(3)).toEqual(['info: values again']);
  complaints.raise('values', 'no values');
  complaints.raise('other', 'something else');
  expect(lines().slice(4)).toEqual(['warn: no values', 'warn: something else']);
});

test('what is wrong now can be asked for', () => {
  const complaints = new Complaints(recordingLogger().logger);
  complaints.raise('refused', 'tick 1 is refused');
  complaints.raise('refused', 'tick 2 is refused');
  expect(complaints.current('refused')).toBe('tick 2 is refused');
  complaints.clear('refused', 'taken again');
  expect(complaints.current('refused')).toBeUndefined();
});
