import { replyText } from './reply.js';
import { type ScriptCall } from './server-script.js';

/** Lua: {@link appendEvent}. */
export const APPEND_EVENT_LUA = `
local function append_event(events, channel, max_length, name, data)
  local id = redis.call('XADD', events, 'MAXLEN', '~', max_length, '*', 'event', name, 'data', data)
  redis.call('PUBLISH', channel, id .. ' ' .. name .. ' ' .. data)
end
`;

/** Where events of a group go. */
export interface EventStream {
  readonly events: string;
  readonly channel: string;
  /** Entries that the stream keeps, approximately. */
  readonly maxLength: string;
  readonly call: ScriptCall;
}

/** Appends an event to the stream and publishes it as `<id> <name> <data>`. */
export function appendEvent(stream: EventStream, name: string, data: string): void {
  const { events, channel, maxLength, call } = stream;
  const id = replyText(call('XADD', events, 'MAXLEN', '~', maxLength, '*', 'event', name, 'data', data));
  call('PUBLISH', channel, `${id} ${name} ${data}`);
}
