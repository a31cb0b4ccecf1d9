import { announceEvents, APPEND_EVENT_LUA, appendEvent } from './append-event.js';
import { argument, UNPACK_LUA } from './argument.js';
import { MISSING_SERIES_LUA, missingSeries } from './missing-series.js';
import { replyArray, replyText, replyTextOrNull } from './reply.js';
import { STORE_SENSORS_LUA, storeSensors } from './store-sensors.js';
import { type ScriptCall, type ServerScript } from './server-script.js';

/**
 * Stores one tick: its mean, count, min and max, its sensors (all of them, or the first step of them), the fence, the
 * status and the events, all or nothing.
 *
 * KEYS: fence, status, sensors, events, pending, mean, count, min, max, then one raw series per sensor.
 * ARGV: 1 channel · 2 timestamp · 3 value · 4 count · 5 min · 6 max (each empty where the report has none) ·
 *   7 token (empty: not fenced) · 8 ensemble (may be empty) · 9 digest of the report where more sensors follow in
 *   further steps, else empty · 10 length of the event stream · 11 measurement event · 12 leader ·
 *   13 status event up to `since` · 14 status event behind it (both empty: the reader looks the status up) ·
 *   15 stale ids · 16 invalid ids (JSON) · 17 count of the status, then id and value per sensor.
 *
 * Answers: `stored` · `duplicate`, kept value, `resume` where the kept report is this one and steps of it are missing
 * (else empty) · `stale-token`, newest token · `missing`, positions in KEYS of series that do not exist · `rejected`,
 * error text. Only the first two change anything; `duplicate` only the fence and, for the newest tick under another
 * term, who leads: a new leader sends the current tick at once, which its predecessor may have stored.
 */
export const recordTickScript: ServerScript = {
  lua: `${UNPACK_LUA}${APPEND_EVENT_LUA}${MISSING_SERIES_LUA}${STORE_SENSORS_LUA}
local fence, status, pending, mean = KEYS[1], KEYS[2], KEYS[5], KEYS[6]
local timestamp, value, token, ensemble, digest = ARGV[2], ARGV[3], ARGV[7], ARGV[8], ARGV[9]
local function older(a, b)
  if #a ~= #b then return #a < #b end
  return a < b
end
local function raise(field)
  local newest = redis.call('HGET', fence, field)
  if not newest or older(newest, token) then redis.call('HSET', fence, field, token) end
end
local function raise_fence()
  if token == '' then return end
  if ensemble ~= '' then raise(ensemble) end
  raise('*')
end
if token ~= '' then
  local newest = redis.call('HGET', fence, ensemble ~= '' and ensemble or '*')
  if newest and older(token, newest) then return {'stale-token', newest} end
end
local missing = missing_series(6)
if missing then return missing end
local kept = redis.call('TS.RANGE', mean, timestamp, timestamp)
if #kept > 0 then
  raise_fence()
  local known = redis.call('HMGET', status, 'tick', 'token', 'leader')
  if token ~= '' and known[1] == timestamp and (known[2] ~= token or known[3] ~= ARGV[12]) then
    redis.call('HSET', status, 'leader', ARGV[12], 'token', token, 'since', timestamp)
    announce_events(ARGV[1], append_event(KEYS[4], ARGV[10], 'status', ''))
  end
  local text = kept[1][2]
  if type(text) == 'table' then text = text.ok end
  local mark = redis.call('HGET', pending, timestamp)
  return {'duplicate', text, (digest ~= '' and mark == digest) and 'resume' or ''}
end
local added = redis.pcall('TS.ADD', mean, timestamp, value)
if type(added) == 'table' and added.err then return {'rejected', added.err} end
raise_fence()
local figures = {'TS.MADD'}
for i = 4, 6 do
  if ARGV[i] ~= '' then
    figures[#figures + 1] = KEYS[3 + i]
    figures[#figures + 1] = timestamp
    figures[#figures + 1] = ARGV[i]
  end
end
if #figures > 1 then redis.call(unpack(figures)) end
local known = redis.call('HMGET', status, 'tick', 'token', 'leader', 'since')
local newest_tick = known[1]
local is_newest = not newest_tick or tonumber(timestamp) >= tonumber(newest_tick)
store_sensors(KEYS[3], 10, 18, timestamp, is_newest)
if digest ~= '' then redis.call('HSET', pending, timestamp, digest) end
local newest_id = append_event(KEYS[4], ARGV[10], 'measurement', ARGV[11])
if is_newest then
  local since = timestamp
  if newest_tick and known[2] == token and known[3] == ARGV[12] then since = known[4] end
  redis.call('HSET', status, 'tick', timestamp, 'value', value, 'count', ARGV[17], 'leader', ARGV[12],
    'token', token, 'since', since, 'stale', ARGV[15], 'invalid', ARGV[16])
  local event = ARGV[13] == '' and '' or ARGV[13] .. since .. ARGV[14]
  newest_id = append_event(KEYS[4], ARGV[10], 'status', event)
end
announce_events(ARGV[1], newest_id)
return {'stored'}
`,
  run(keys, args, call) {
    const timestamp = argument(args, 2);
    const value = argument(args, 3);
    const token = argument(args, 7);
    const ensemble = argument(args, 8);
    const digest = argument(args, 9);
    const leader = argument(args, 12);
    const [fence, status, sensors, events, pending, mean] = [1, 2, 3, 4, 5, 6].map((n) =>
      argument(keys, n),
    ) as [string, string, string, string, string, string];
    if (token !== '') {
      const newest = replyTextOrNull(call('HGET', fence, ensemble !== '' ? ensemble : '*'));
      if (newest !== undefined && isOlderToken(token, newest)) return ['stale-token', newest];
    }
    const missing = missingSeries(keys, 6, call);
    if (missing !== undefined) return missing;
    const kept = replyArray(call('TS.RANGE', mean, timestamp, timestamp));
    if (kept.length > 0) {
      raiseFence(fence, token, ensemble, call);
      const [newest, knownToken, knownLeader] = replyArray(
        call('HMGET', status, 'tick', 'token', 'leader'),
      ).map((reply) => replyTextOrNull(reply));
      if (token !== '' && newest === timestamp && (knownToken !== token || knownLeader !== leader)) {
        call('HSET', status, 'leader', leader, 'token', token, 'since', timestamp);
        const stream = { events, maxLength: argument(args, 10), call };
        announceEvents(argument(args, 1), appendEvent(stream, 'status', ''), call);
      }
      const mark = replyTextOrNull(call('HGET', pending, timestamp));
      const resume = digest !== '' && mark === digest;
      return ['duplicate', replyText(replyArray(kept[0])[1]), resume ? 'resume' : ''];
    }
    try {
      call('TS.ADD', mean, timestamp, value);
    } catch (error) {
      return ['rejected', (error as Error).message];
    }
    raiseFence(fence, token, ensemble, call);
    const figures = [4, 5, 6].flatMap((i) =>
      argument(args, i) === '' ? [] : [argument(keys, 3 + i), timestamp, argument(args, i)],
    );
    if (figures.length > 0) call('TS.MADD', ...figures);
    const [newestTick, knownToken, knownLeader, knownSince] = replyArray(
      call('HMGET', status, 'tick', 'token', 'leader', 'since'),
    ).map((reply) => replyTextOrNull(reply));
    const isNewest = newestTick === undefined || Number(timestamp) >= Number(newestTick);
    storeSensors({ keys, args, sensors, firstKey: 10, firstArgument: 18, timestamp, isNewest, call });
    if (digest !== '') call('HSET', pending, timestamp, digest);
    const stream = { events, maxLength: argument(args, 10), call };
    let newestId = appendEvent(stream, 'measurement', argument(args, 11));
    if (isNewest) {
      const sameTerm = newestTick !== undefined && knownToken === token && knownLeader === leader;
      const since = sameTerm ? (knownSince ?? timestamp) : timestamp;
      call(
        ...['HSET', status, 'tick', timestamp, 'value', value, 'count', argument(args, 17), 'leader', leader],
        ...['token', token, 'since', since, 'stale', argument(args, 15), 'invalid', argument(args, 16)],
      );
      const head = argument(args, 13);
      newestId = appendEvent(stream, 'status', head === '' ? '' : `${head}${since}${argument(args, 14)}`);
    }
    announceEvents(argument(args, 1), newestId, call);
    return ['stored'];
  },
};

/** Compares tokens as numbers; they have up to 20 digits, which neither Lua's nor JavaScript's numbers hold exactly. */
function isOlderToken(token: string, other: string): boolean {
  return token.length === other.length ? token < other : token.length < other.length;
}

function raiseFence(fence: string, token: string, ensemble: string, call: ScriptCall): void {
  if (token === '') return;
  for (const field of ensemble !== '' ? [ensemble, '*'] : ['*']) {
    const newest = replyTextOrNull(call('HGET', fence, field));
    if (newest === undefined || isOlderToken(newest, token)) call('HSET', fence, field, token);
  }
}
