import { type ScriptCall, type ScriptReply } from './server-script.js';

/** Lua: {@link missingSeries}. */
export const MISSING_SERIES_LUA = `
local function missing_series(first)
  local names = {'EXISTS'}
  for i = first, #KEYS do names[#names + 1] = KEYS[i] end
  if #names == 1 or redis.call(unpack(names)) == #KEYS - first + 1 then return nil end
  local missing = {'missing'}
  for i = first, #KEYS do
    if redis.call('EXISTS', KEYS[i]) == 0 then missing[#missing + 1] = i end
  end
  return missing
end
`;

/** `missing` with the positions (from 1) of keys from `first` on that do not exist, or undefined where all do. */
export function missingSeries(keys: string[], first: number, call: ScriptCall): ScriptReply[] | undefined {
  const names = keys.slice(first - 1);
  if (names.length === 0 || Number(call('EXISTS', ...names)) === names.length) return undefined;
  const missing: ScriptReply[] = ['missing'];
  names.forEach((name, index) => {
    if (Number(call('EXISTS', name)) === 0) missing.push(first + index);
  });
  return missing;
}
