import { appendEvent, type EventStream } from './append-event.js';
import { replyArray, replyText } from './reply.js';
import { ServerClock } from './server-clock.js';

/** Measurements that one entry of the stream carries at most. */
export const MEASUREMENTS_PER_ENTRY = 100;

/** Lua: {@link appendMeasurements}; needs that of `append-event.ts` and of `server-clock.ts`. */
export const APPEND_MEASUREMENTS_LUA = `
local function next_event_id(events)
  local ms = server_now()
  local newest = redis.call('XREVRANGE', events, '+', '-', 'COUNT', '1')[1]
  if not newest then return ms, 0 end
  local newest_ms, newest_sequence = string.match(newest[1], '^(%d+)-(%d+)$')
  if tonumber(newest_ms) < ms then return ms, 0 end
  return tonumber(newest_ms), tonumber(newest_sequence) + 1
end
local function append_measurements(events, max_length, measurements)
  if #measurements == 0 then return nil end
  if #measurements == 1 then return append_event(events, max_length, 'measurement', measurements[1]) end
  local ms, sequence = next_event_id(events)
  local id
  for first = 1, #measurements, ${MEASUREMENTS_PER_ENTRY} do
    local last = math.min(first + ${MEASUREMENTS_PER_ENTRY - 1}, #measurements)
    sequence = sequence + last - first + 1
    id = string.format('%.0f-%.0f', ms, sequence - 1)
    redis.call('XADD', events, 'MAXLEN', '~', max_length, id, 'event', 'measurements',
      'data', '[' .. table.concat(measurements, ',', first, last) .. ']')
  end
  return id
end
`;

/**
 * Appends the events of measurements (each its JSON): a single one as it is, several as entries of up to
 * {@link MEASUREMENTS_PER_ENTRY}. An entry of n takes n ids: its own is that of the last, and those of the others are
 * the n - 1 before it, which no other entry has. So a reader can go on behind any of them.
 *
 * @returns the newest id; undefined where there are none
 */
export function appendMeasurements(stream: EventStream, measurements: readonly string[]): string | undefined {
  const [only] = measurements;
  if (only === undefined) return undefined;
  if (measurements.length === 1) return appendEvent(stream, 'measurement', only);
  const { events, maxLength, call } = stream;
  const next = nextEventId(stream);
  let { sequence } = next;
  let id: string | undefined;
  for (let first = 0; first < measurements.length; first += MEASUREMENTS_PER_ENTRY) {
    const carried = measurements.slice(first, first + MEASUREMENTS_PER_ENTRY);
    sequence += carried.length;
    id = `${next.ms}-${sequence - 1}`;
    call(
      ...['XADD', events, 'MAXLEN', '~', maxLength, id, 'event', 'measurements'],
      ...['data', `[${carried.join(',')}]`],
    );
  }
  return id;
}

/** The id that the server would give to the next entry. */
function nextEventId({ events, call }: EventStream): { ms: number; sequence: number } {
  const ms = new ServerClock(call).nowMs;
  const [newest] = replyArray(call('XREVRANGE', events, '+', '-', 'COUNT', '1'));
  if (newest === undefined) return { ms, sequence: 0 };
  const [newestMs = 0, newestSequence = 0] = replyText(replyArray(newest)[0]).split('-').map(Number);
  return newestMs < ms ? { ms, sequence: 0 } : { ms: newestMs, sequence: newestSequence + 1 };
}
