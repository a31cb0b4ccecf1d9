import { argument, UNPACK_LUA } from './argument.js';
import { MISSING_SERIES_LUA, missingSeries } from './missing-series.js';
import { replyTextOrNull } from './reply.js';
import { type ServerScript } from './server-script.js';
import { STORE_SENSORS_LUA, storeSensors } from './store-sensors.js';

/**
 * Stores further sensors of a tick whose report was accepted by the record-ticks script. It may run any number of times:
 * it writes only while that very report (by its digest) is marked as pending, which its fenced first step did.
 *
 * KEYS: pending, status, sensors, then one raw series per sensor.
 * ARGV: 1 timestamp · 2 digest of the report · 3 `last` in the last step, else empty, then id and value per sensor.
 *
 * Answers: `stored` · `done` where the report is no longer pending (complete, or the group was cleared) · `missing`,
 * positions in KEYS of series that do not exist.
 */
export const recordSensorsScript: ServerScript = {
  lua: `${UNPACK_LUA}${MISSING_SERIES_LUA}${STORE_SENSORS_LUA}
local pending, timestamp = KEYS[1], ARGV[1]
if redis.call('HGET', pending, timestamp) ~= ARGV[2] then return {'done'} end
local missing = missing_series(4)
if missing then return missing end
local newest = redis.call('HGET', KEYS[2], 'tick')
store_sensors(KEYS[3], 4, 4, timestamp, not newest or tonumber(timestamp) >= tonumber(newest))
if ARGV[3] == 'last' then redis.call('HDEL', pending, timestamp) end
return {'stored'}
`,
  run(keys, args, call) {
    const [pending, status, sensors] = [argument(keys, 1), argument(keys, 2), argument(keys, 3)];
    const timestamp = argument(args, 1);
    if (replyTextOrNull(call('HGET', pending, timestamp)) !== argument(args, 2)) return ['done'];
    const missing = missingSeries(keys, 4, call);
    if (missing !== undefined) return missing;
    const newest = replyTextOrNull(call('HGET', status, 'tick'));
    const isNewest = newest === undefined || Number(timestamp) >= Number(newest);
    storeSensors({ keys, args, sensors, firstKey: 4, firstArgument: 4, timestamp, isNewest, call });
    if (argument(args, 3) === 'last') call('HDEL', pending, timestamp);
    return ['stored'];
  },
};
