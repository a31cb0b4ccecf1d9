import { argument } from './argument.js';
import { replyArray, replyText, replyTextOrNull } from './reply.js';
import { type ScriptCall, type ServerScript } from './server-script.js';

/**
 * Removes what series have after a time, of their raw values and of their compactions; what the retention had taken out
 * of sight and is still there comes back. A sensor's last value becomes the newest that is left.
 *
 * KEYS: sensors, then each raw series, followed by its compactions.
 * ARGV: 1 last timestamp to keep · 2 retention of raw series, then for each raw series the id of its sensor (empty for a
 *   series of the group's own) and the number of its compactions.
 *
 * Answers `removed`, how many raw values of the first series.
 */
export const cutSeriesScript: ServerScript = {
  lua: `
local sensors, after, removed, at = KEYS[1], tonumber(ARGV[1]), 0, 2
local from = string.format('%.0f', after + 1)
local function cut(key)
  if redis.call('EXISTS', key) == 0 then return 0 end
  return redis.call('TS.DEL', key, from, '+')
end
local function set_last_value(id, key)
  local known = redis.call('HGET', sensors, id)
  local timestamp = known and tonumber(string.match(known, '^%d+'))
  if not timestamp or timestamp <= after then return end
  local left, text = redis.call('EXISTS', key) == 1 and redis.call('TS.GET', key) or {}, ''
  if #left > 0 then
    local value = left[2]
    if type(value) == 'table' then value = value.ok end
    text = string.format('%.0f', left[1]) .. ' ' .. value
  end
  redis.call('HSET', sensors, id, text)
end
for i = 3, #ARGV, 2 do
  local raw = KEYS[at]
  local exists = redis.call('EXISTS', raw) == 1
  if exists then redis.call('TS.ALTER', raw, 'RETENTION', '0') end
  local count = cut(raw)
  for k = at + 1, at + tonumber(ARGV[i + 1]) do cut(KEYS[k]) end
  if exists then redis.call('TS.ALTER', raw, 'RETENTION', ARGV[2]) end
  if i == 3 then removed = count end
  if ARGV[i] ~= '' then set_last_value(ARGV[i], raw) end
  at = at + 1 + tonumber(ARGV[i + 1])
end
return {'removed', removed}
`,
  run(keys, args, call) {
    const sensors = argument(keys, 1);
    const after = Number(argument(args, 1));
    const from = String(after + 1);
    const exists = (key: string): boolean => Number(call('EXISTS', key)) === 1;
    const cut = (key: string): number => (exists(key) ? Number(call('TS.DEL', key, from, '+')) : 0);
    let removed = 0;
    let at = 2;
    for (let i = 3; i <= args.length; i += 2) {
      const [id, compactions] = [argument(args, i), Number(argument(args, i + 1))];
      const raw = argument(keys, at);
      const isThere = exists(raw);
      // A deletion that reaches further back than the retention is refused.
      if (isThere) call('TS.ALTER', raw, 'RETENTION', '0');
      const count = cut(raw);
      for (let k = at + 1; k <= at + compactions; k += 1) cut(argument(keys, k));
      if (isThere) call('TS.ALTER', raw, 'RETENTION', argument(args, 2));
      if (i === 3) removed = count;
      if (id !== '') setLastValue({ sensors, id, series: isThere ? raw : undefined, after, call });
      at += 1 + compactions;
    }
    return ['removed', removed];
  },
};

function setLastValue(sensor: {
  sensors: string;
  id: string;
  /** Key of its raw series, where there is one. */
  series: string | undefined;
  after: number;
  call: ScriptCall;
}): void {
  const { sensors, id, series, after, call } = sensor;
  const timestamp = /^\d+/.exec(replyTextOrNull(call('HGET', sensors, id)) ?? '')?.[0];
  if (timestamp === undefined || Number(timestamp) <= after) return;
  const left = series === undefined ? [] : replyArray(call('TS.GET', series));
  call('HSET', sensors, id, left.length === 0 ? '' : `${replyText(left[0])} ${replyText(left[1])}`);
}
