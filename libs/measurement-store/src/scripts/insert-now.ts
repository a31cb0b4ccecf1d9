import { announceEvents, APPEND_EVENT_LUA, appendEvent } from './append-event.js';
import { argument } from './argument.js';
import { STORED_FIELD } from './known-status.js';
import { replyArray, replyTextOrNull } from './reply.js';
import { SERVER_CLOCK_LUA, ServerClock } from './server-clock.js';
import { type ServerScript } from './server-script.js';

/**
 * Stores one value under the server's clock; a millisecond that is taken moves on to the next free one.
 *
 * KEYS: events, mean, status. ARGV: 1 channel · 2 value · 3 length of the event stream.
 * Answers: `stored`, timestamp · `missing`, position of the series · `rejected`, error text.
 */
export const insertNowScript: ServerScript = {
  lua: `${APPEND_EVENT_LUA}${SERVER_CLOCK_LUA}
local events, mean = KEYS[1], KEYS[2]
if redis.call('EXISTS', mean) == 0 then return {'missing', 2} end
local now = server_now()
local function text(number) return string.format('%.0f', number) end
local taken
repeat
  taken = redis.call('TS.RANGE', mean, text(now), text(now + 999))
  for i = 1, #taken do
    if tonumber(taken[i][1]) ~= now then break end
    now = now + 1
  end
until #taken < 1000
local timestamp = text(now)
local added = redis.pcall('TS.ADD', mean, timestamp, ARGV[2])
if type(added) == 'table' and added.err then return {'rejected', added.err} end
local stored = tonumber(redis.call('HGET', KEYS[3], 'stored') or '0') + 1
redis.call('HSET', KEYS[3], 'stored', string.format('%.0f', stored))
local event = '{"timestamp":' .. timestamp .. ',"value":' .. ARGV[2] .. '}'
announce_events(ARGV[1], append_event(events, ARGV[3], 'measurement', event))
return {'stored', timestamp}
`,
  run(keys, args, call) {
    const mean = argument(keys, 2);
    const value = argument(args, 2);
    if (Number(call('EXISTS', mean)) === 0) return ['missing', 2];
    let now = new ServerClock(call).nowMs;
    let taken;
    do {
      taken = replyArray(call('TS.RANGE', mean, String(now), String(now + 999)));
      for (const sample of taken) {
        if (Number(replyArray(sample)[0]) !== now) break;
        now += 1;
      }
    } while (taken.length === 1000);
    try {
      call('TS.ADD', mean, String(now), value);
    } catch (error) {
      return ['rejected', (error as Error).message];
    }
    const status = argument(keys, 3);
    const stored = Number(replyTextOrNull(call('HGET', status, STORED_FIELD)) ?? 0) + 1;
    call('HSET', status, STORED_FIELD, String(stored));
    const stream = { events: argument(keys, 1), maxLength: argument(args, 3), call };
    const id = appendEvent(stream, 'measurement', `{"timestamp":${now},"value":${value}}`);
    announceEvents(argument(args, 1), id, call);
    return ['stored', String(now)];
  },
};
