import { announceEvents, APPEND_EVENT_LUA, appendEvent } from './append-event.js';
import { argument } from './argument.js';
import { type ServerScript } from './server-script.js';

/**
 * Removes series and sensors of a group; the last step also its status, and announces it. The fence stays.
 *
 * KEYS: status, sensors, pending, events, then the series to remove.
 * ARGV: 1 channel · 2 length of the event stream · 3 `last`, `force` or empty · 4 event, then the ids whose series are
 *   among KEYS.
 *
 * Answers `cleared` after the last step, else `more`. `last` does nothing while there are sensors besides those named,
 * `force` ends all the same.
 */
export const clearGroupScript: ServerScript = {
  lua: `${APPEND_EVENT_LUA}
local status, sensors, pending, events = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if ARGV[3] == 'last' and redis.call('HLEN', sensors) > #ARGV - 4 then return {'more'} end
for i = 5, #ARGV do redis.call('HDEL', sensors, ARGV[i]) end
for i = 5, #KEYS do redis.call('DEL', KEYS[i]) end
if ARGV[3] == '' then return {'more'} end
redis.call('DEL', status, pending)
announce_events(ARGV[1], append_event(events, ARGV[2], 'cleared', ARGV[4]))
return {'cleared'}
`,
  run(keys, args, call) {
    const [status, sensors, pending, events] = [1, 2, 3, 4].map((n) => argument(keys, n)) as [
      string,
      string,
      string,
      string,
    ];
    const ids = args.slice(4);
    const mode = argument(args, 3);
    if (mode === 'last' && Number(call('HLEN', sensors)) > ids.length) return ['more'];
    for (const id of ids) call('HDEL', sensors, id);
    for (const series of keys.slice(4)) call('DEL', series);
    if (mode === '') return ['more'];
    call('DEL', status, pending);
    const stream = { events, maxLength: argument(args, 2), call };
    announceEvents(argument(args, 1), appendEvent(stream, 'cleared', argument(args, 4)), call);
    return ['cleared'];
  },
};
