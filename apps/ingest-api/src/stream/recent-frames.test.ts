import { type EventFrame } from './event-frame.js';
import { RecentFrames } from './recent-frames.js';

const frame = (id: string, text = 'x'): EventFrame => ({ id, text });
const ids = (frames: readonly EventFrame[] | undefined): string[] | undefined => frames?.map(({ id }) => id);

test('gives out what came after an id, as long as nothing in between is missing', () => {
  const recent = new RecentFrames({ maxFrames: 3, maxLength: 100 }, '1-0');
  expect(recent.newestId).toBe('1-0');
  expect(ids(recent.after('0-1'))).toBeUndefined();
  for (const id of ['2-0', '2-1', '3-0', '10-0']) recent.push(frame(id));
  expect(ids(recent.after('1-0'))).toBeUndefined();
  expect(ids(recent.after('2-0'))).toEqual(['2-1', '3-0', '10-0']);
  expect(ids(recent.after('2-7'))).toEqual(['3-0', '10-0']);
  expect(ids(recent.after('10-0'))).toEqual([]);
});

test('without a start only what came after the first frame is complete', () => {
  const recent = new RecentFrames({ maxFrames: 3, maxLength: 100 });
  expect(recent.after('0-0')).toBeUndefined();
  recent.push(frame('5-0'));
  recent.push(frame('6-0'));
  expect(recent.after('4-0')).toBeUndefined();
  expect(ids(recent.after('5-0'))).toEqual(['6-0']);
});

test('holds no more than its length, but always the newest', () => {
  const recent = new RecentFrames({ maxFrames: 100, maxLength: 10 }, '0-0');
  for (const id of ['1-0', '2-0', '3-0']) recent.push(frame(id, 'xxxx'));
  expect(ids(recent.after('1-0'))).toEqual(['2-0', '3-0']);
  expect(recent.after('0-0')).toBeUndefined();
  recent.push(frame('4-0', 'x'.repeat(1000)));
  expect(ids(recent.after('3-0'))).toEqual(['4-0']);
});

test('a store that lost its data begins anew', () => {
  const recent = new RecentFrames({ maxFrames: 100, maxLength: 100 }, '900-0');
  recent.push(frame('5-0'));
  recent.push(frame('6-0'));
  expect(recent.newestId).toBe('6-0');
  expect(ids(recent.after('5-0'))).toEqual(['6-0']);
});
