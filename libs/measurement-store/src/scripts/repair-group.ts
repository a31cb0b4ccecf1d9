import { announceEvents, APPEND_EVENT_LUA, appendEvent } from './append-event.js';
import { argument } from './argument.js';
import { FENCE_LUA, Fence } from './fence.js';
import { replyArray, replyText, replyTextOrNull } from './reply.js';
import { type ScriptCall, type ServerScript } from './server-script.js';

/**
 * Sets a group's status back to the newest mean that is left, where it is of a later time, takes from the fence what is
 * newer than a token, and announces that the status changed.
 *
 * KEYS: fence, status, pending, events, mean, count.
 * ARGV: 1 channel · 2 length of the event stream · 3 last timestamp to keep, or empty · 4 newest token to keep, or empty.
 *
 * Answers `repaired`, how many tokens were removed.
 */
export const repairGroupScript: ServerScript = {
  lua: `${APPEND_EVENT_LUA}${FENCE_LUA}
local fence, status, pending, events, mean, counts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local function sample(key, timestamp)
  if redis.call('EXISTS', key) == 0 then return nil end
  local found
  if timestamp then found = redis.call('TS.RANGE', key, timestamp, timestamp)[1] else found = redis.call('TS.GET', key) end
  if not found or #found == 0 then return nil end
  local value = found[2]
  if type(value) == 'table' then value = value.ok end
  return string.format('%.0f', found[1]), value
end
local function set_status_back(after)
  local tick = redis.call('HGET', status, 'tick')
  if not tick or tonumber(tick) <= after then return end
  local timestamp, value = sample(mean)
  if not timestamp then
    redis.call('HDEL', status, 'tick', 'value', 'count', 'leader', 'token', 'since', 'stale', 'invalid', 'ensemble',
      'term', 'queue')
    return
  end
  local _, count = sample(counts, timestamp)
  local since = redis.call('HGET', status, 'since')
  if not since or since == '' or tonumber(since) > tonumber(timestamp) then since = timestamp end
  redis.call('HSET', status, 'tick', timestamp, 'value', value, 'count', count or '0', 'since', since,
    'stale', '[]', 'invalid', '[]')
end
local removed = 0
local function lower_fence(token)
  local fields, highest = redis.call('HGETALL', fence), nil
  for i = 1, #fields, 2 do
    if older(token, fields[i + 1]) then
      redis.call('HDEL', fence, fields[i])
      removed = removed + 1
    elseif not highest or older(highest, fields[i + 1]) then
      highest = fields[i + 1]
    end
  end
  if highest then redis.call('HSET', fence, '*', highest) end
end
if ARGV[3] ~= '' then
  set_status_back(tonumber(ARGV[3]))
  for _, tick in ipairs(redis.call('HKEYS', pending)) do
    if tonumber(tick) > tonumber(ARGV[3]) then redis.call('HDEL', pending, tick) end
  end
end
if ARGV[4] ~= '' then lower_fence(ARGV[4]) end
announce_events(ARGV[1], append_event(events, ARGV[2], 'status', ''))
return {'repaired', removed}
`,
  run(keys, args, call) {
    const [fence, status, pending, events, mean, counts] = [1, 2, 3, 4, 5, 6].map((n) =>
      argument(keys, n),
    ) as [string, string, string, string, string, string];
    const [after, token] = [argument(args, 3), argument(args, 4)];
    let removed = 0;
    if (after !== '') {
      setStatusBack({ status, mean, counts }, Number(after), call);
      for (const tick of replyArray(call('HKEYS', pending)).map(replyText)) {
        if (Number(tick) > Number(after)) call('HDEL', pending, tick);
      }
    }
    if (token !== '') removed = new Fence(fence, call).lower(token);
    const stream = { events, maxLength: argument(args, 2), call };
    announceEvents(argument(args, 1), appendEvent(stream, 'status', ''), call);
    return ['repaired', removed];
  },
};

function setStatusBack(
  { status, mean, counts }: { status: string; mean: string; counts: string },
  after: number,
  call: ScriptCall,
): void {
  const tick = replyTextOrNull(call('HGET', status, 'tick'));
  if (tick === undefined || Number(tick) <= after) return;
  const newest = sampleOf(mean, undefined, call);
  if (newest === undefined) {
    call(
      ...[
        'HDEL',
        status,
        'tick',
        'value',
        'count',
        'leader',
        'token',
        'since',
        'stale',
        'invalid',
        'ensemble',
        'term',
        'queue',
      ],
    );
    return;
  }
  const { timestamp, value } = newest;
  const count = sampleOf(counts, timestamp, call)?.value ?? '0';
  const since = replyTextOrNull(call('HGET', status, 'since')) ?? '';
  call(
    ...['HSET', status, 'tick', timestamp, 'value', value, 'count', count],
    ...['since', since === '' || Number(since) > Number(timestamp) ? timestamp : since],
    ...['stale', '[]', 'invalid', '[]'],
  );
}

/** A sample of a series, the newest without a timestamp. */
function sampleOf(
  key: string,
  timestamp: string | undefined,
  call: ScriptCall,
): { timestamp: string; value: string } | undefined {
  if (Number(call('EXISTS', key)) === 0) return undefined;
  const found =
    timestamp === undefined
      ? replyArray(call('TS.GET', key))
      : replyArray(replyArray(call('TS.RANGE', key, timestamp, timestamp))[0] ?? []);
  return found.length === 0 ? undefined : { timestamp: replyText(found[0]), value: replyText(found[1]) };
}
