import { argument } from './argument.js';
import { compactionArguments, CREATE_SERIES_LUA, createSeries } from './create-series.js';
import { replyArray, replyText } from './reply.js';
import { type ScriptReply, type ServerScript } from './server-script.js';

/** Fields `rules:<timestamp>:<sensor id>` of the settings hash: the newest value of a series when rules were made again. */
export const RULES_FIELD = 'rules:';

/**
 * Makes compaction rules of a series that are missing, and the compactions themselves where these are missing, too. A
 * rule takes up what comes from now on: the time at which it was made is noted, so that the buckets that were open then
 * are completed later.
 *
 * KEYS: settings, raw series, then the compactions whose rules are missing. ARGV: as the create-series script.
 *
 * Answers `made`, then the positions in KEYS of the compactions whose rules this run made.
 */
export const makeRulesScript: ServerScript = {
  lua: `${CREATE_SERIES_LUA}
local newest = redis.call('EXISTS', KEYS[2]) == 1 and redis.call('TS.GET', KEYS[2])
if not newest then return {'made'} end
local made = {'made'}
for i = 3, #KEYS do
  local first = 6 + (i - 3) * 4
  create(KEYS[i], ARGV[first], '256', ARGV[first + 3])
  local reply = redis.pcall('TS.CREATERULE', KEYS[2], KEYS[i], 'AGGREGATION', ARGV[first + 1], ARGV[first + 2])
  if not reply.err then made[#made + 1] = i end
end
if #made > 1 and newest[1] then
  redis.call('HSET', KEYS[1], '${RULES_FIELD}' .. string.format('%.0f', tonumber(newest[1])) .. ':' .. ARGV[1], '')
end
return made
`,
  run(keys, args, call) {
    const raw = argument(keys, 2);
    if (Number(call('EXISTS', raw)) === 0) return ['made'];
    const [newest] = replyArray(call('TS.GET', raw));
    const made: ScriptReply[] = ['made'];
    const labels = { group: argument(args, 2), sensor: argument(args, 4) };
    compactionArguments(keys, args).forEach(({ key, retention, aggregate, bucket, kind }, index) => {
      createSeries(call, { ...labels, key, retention, chunkSize: '256', kind });
      try {
        call('TS.CREATERULE', raw, key, 'AGGREGATION', aggregate, bucket);
        made.push(index + 3);
      } catch {
        // As redis.pcall: another process has made it meanwhile, or the compaction is one of another series.
      }
    });
    if (made.length > 1 && newest !== undefined) {
      call('HSET', argument(keys, 1), `${RULES_FIELD}${replyText(newest)}:${argument(args, 1)}`, '');
    }
    return made;
  },
};
