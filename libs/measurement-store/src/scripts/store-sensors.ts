import { argument } from './argument.js';
import { replyArray, replyTextOrNull } from './reply.js';
import { type ScriptCall } from './server-script.js';

/** Lua: {@link storeSensors}. */
export const STORE_SENSORS_LUA = `
local function store_sensors(sensors, first_key, first_argument, timestamp, is_newest)
  local count = #KEYS - first_key + 1
  if count < 1 then return end
  local samples, ids, last = {'TS.MADD'}, {'HMGET', sensors}, {'HSET', sensors}
  for i = 0, count - 1 do
    samples[#samples + 1] = KEYS[first_key + i]
    samples[#samples + 1] = timestamp
    samples[#samples + 1] = ARGV[first_argument + 2 * i + 1]
    ids[#ids + 1] = ARGV[first_argument + 2 * i]
  end
  redis.call(unpack(samples))
  local known = not is_newest and redis.call(unpack(ids))
  for i = 0, count - 1 do
    local at = known and known[i + 1] and tonumber(string.match(known[i + 1], '^%d+'))
    if not at or at <= tonumber(timestamp) then
      last[#last + 1] = ids[3 + i]
      last[#last + 1] = timestamp .. ' ' .. ARGV[first_argument + 2 * i + 1]
    end
  end
  if #last > 2 then redis.call(unpack(last)) end
end
`;

/** What {@link storeSensors} needs. */
export interface SensorsStep {
  keys: string[];
  args: string[];
  /** Hash of last values. */
  sensors: string;
  /** Position of the first sensor's series in `keys`, from 1. */
  firstKey: number;
  /** Position of the first sensor's id in `args`, from 1; its value and the next id follow. */
  firstArgument: number;
  timestamp: string;
  /** No newer tick is stored, thus no sensor has a newer value. */
  isNewest: boolean;
  call: ScriptCall;
}

/** Adds each sensor's value to its series and makes it the last one unless that is newer. */
export function storeSensors(step: SensorsStep): void {
  const { keys, args, sensors, firstKey, firstArgument, timestamp, isNewest, call } = step;
  const readings = keys.slice(firstKey - 1).map((key, index) => ({
    key,
    id: argument(args, firstArgument + 2 * index),
    value: argument(args, firstArgument + 2 * index + 1),
  }));
  if (readings.length === 0) return;
  call('TS.MADD', ...readings.flatMap(({ key, value }) => [key, timestamp, value]));
  const known = isNewest ? [] : replyArray(call('HMGET', sensors, ...readings.map(({ id }) => id)));
  const last = readings.flatMap(({ id, value }, index) => {
    const at = /^\d+/.exec(replyTextOrNull(known[index]) ?? '')?.[0];
    return at === undefined || Number(at) <= Number(timestamp) ? [id, `${timestamp} ${value}`] : [];
  });
  if (last.length > 0) call('HSET', sensors, ...last);
}
