import { type StoreEvent, type StoreEventName } from '../store-event.js';
import { compareEventIds } from './event-id.js';

/** An entry of the stream: its id, then names and values of its fields in turn. */
export type StreamEntry = readonly [id: string, fields: readonly string[]];

/**
 * The events of an entry that come after an id; `data` is undefined where the reader looks it up. An entry of n
 * measurements stands for n events, which have its id and the n - 1 before it.
 */
export function eventsOfEntry([id, fields]: StreamEntry, afterId: string): StoreEvent[] {
  const event = fields[1] ?? '';
  const text = fields[3] ?? '';
  const data = text === '' ? undefined : (JSON.parse(text) as unknown);
  if (event !== 'measurements') return [{ id, event: event as StoreEventName, data }];
  if (!Array.isArray(data)) throw new TypeError(`The entry ${id} of the event stream holds no measurements.`);
  const [ms = '', sequence = ''] = id.split('-');
  const first = BigInt(sequence) - BigInt(data.length - 1);
  return data.flatMap((measurement: unknown, index): StoreEvent[] => {
    const eventId = `${ms}-${first + BigInt(index)}`;
    return compareEventIds(eventId, afterId) > 0
      ? [{ id: eventId, event: 'measurement', data: measurement }]
      : [];
  });
}
