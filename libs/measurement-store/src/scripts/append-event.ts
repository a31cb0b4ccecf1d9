import { replyText } from './reply.js';
import { type ScriptCall } from './server-script.js';

/** Lua: {@link appendEvent} and {@link announceEvents}. */
export const APPEND_EVENT_LUA = `
local function append_event(events, max_length, name, data)
  return redis.call('XADD', events, 'MAXLEN', '~', max_length, '*', 'event', name, 'data', data)
end
local function announce_events(channel, newest_id)
  redis.call('PUBLISH', channel, newest_id)
end
`;

/** Where events of a group go. */
export interface EventStream {
  readonly events: string;
  /** Entries that the stream keeps, approximately. */
  readonly maxLength: string;
  readonly call: ScriptCall;
}

/** Appends an event to the stream; its id. */
export function appendEvent({ events, maxLength, call }: EventStream, name: string, data: string): string {
  return replyText(call('XADD', events, 'MAXLEN', '~', maxLength, '*', 'event', name, 'data', data));
}

/** Announces to those who follow the group up to which id there are events; they read them from the stream. */
export function announceEvents(channel: string, newestId: string, call: ScriptCall): void {
  call('PUBLISH', channel, newestId);
}
