import { eventsOfEntry } from './event-entry.js';

test('an entry of one event has its id', () => {
  expect(eventsOfEntry(['5-1', ['event', 'cleared', 'data', '{"group":"g"}']], '0-0')).toEqual([
    { id: '5-1', event: 'cleared', data: { group: 'g' } },
  ]);
  expect(eventsOfEntry(['5-1', ['event', 'status', 'data', '']], '0-0')).toEqual([
    { id: '5-1', event: 'status', data: undefined },
  ]);
});

test.each([
  ['0-0', ['5-10', '5-11', '5-12']],
  ['5-9', ['5-10', '5-11', '5-12']],
  ['5-10', ['5-11', '5-12']],
  ['5-11', ['5-12']],
])('behind %s an entry of three measurements gives %j', (afterId, ids) => {
  const entry = ['5-12', ['event', 'measurements', 'data', '[1,2,3]']] as const;
  const events = eventsOfEntry(entry, afterId);
  expect(events.map(({ id }) => id)).toEqual(ids);
  expect(events.map(({ data }) => data)).toEqual([1, 2, 3].slice(3 - ids.length));
  expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['measurement']));
});
