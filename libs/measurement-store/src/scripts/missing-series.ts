import { argument } from './argument.js';
import { replyText } from './reply.js';
import { type ScriptCall, type ScriptReply } from './server-script.js';

/** Type of a key that holds a time series, as `TYPE` names it. */
const SERIES_TYPE = 'TSDB-TYPE';

/** Lua: {@link missingSeries}; an error reply in its place is the script's answer like any other. */
export const MISSING_SERIES_LUA = `
local function missing_series(first)
  local missing
  for i = first, #KEYS do
    local kind = redis.call('TYPE', KEYS[i]).ok
    if kind == 'none' then
      missing = missing or {'missing'}
      missing[#missing + 1] = i
    elseif kind ~= '${SERIES_TYPE}' then
      return {err = 'WRONGTYPE ' .. KEYS[i] .. ' is a ' .. kind .. ', not a time series'}
    end
  end
  return missing
end
`;

/**
 * `missing` with the positions (from 1) of keys from `first` on that do not exist, or undefined where all are series. A
 * key of another type fails the script: `TS.MADD` would only leave its value out.
 */
export function missingSeries(keys: string[], first: number, call: ScriptCall): ScriptReply[] | undefined {
  const missing: ScriptReply[] = [];
  for (let position = first; position <= keys.length; position += 1) {
    const key = argument(keys, position);
    const kind = replyText(call('TYPE', key));
    if (kind === 'none') missing.push(position);
    else if (kind !== SERIES_TYPE) throw new Error(`WRONGTYPE ${key} is a ${kind}, not a time series`);
  }
  return missing.length === 0 ? undefined : ['missing', ...missing];
}
