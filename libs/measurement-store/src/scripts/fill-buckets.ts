import { argument } from './argument.js';
import { replyArray, replyText } from './reply.js';
import { type ServerScript } from './server-script.js';

/**
 * Computes closed buckets of a compaction from raw values. It reads and writes in one step, so that a value that comes
 * late is either in what is read here or compacted by the rule afterwards.
 *
 * KEYS: raw series, compaction. ARGV: 1 aggregate · 2 bucket in ms · 3 first and 4 last timestamp · 5 most buckets.
 *
 * Answers the number of buckets written, and the start of the last of them (empty where there is none).
 */
export const fillBucketsScript: ServerScript = {
  lua: `
if redis.call('EXISTS', KEYS[1], KEYS[2]) < 2 then return {0, ''} end
local buckets = redis.call('TS.RANGE', KEYS[1], ARGV[3], ARGV[4], 'COUNT', ARGV[5], 'AGGREGATION', ARGV[1], ARGV[2])
local last = ''
for _, bucket in ipairs(buckets) do
  local value = bucket[2]
  if type(value) == 'table' then value = value.ok end
  last = string.format('%.0f', tonumber(bucket[1]))
  redis.call('TS.ADD', KEYS[2], last, value, 'ON_DUPLICATE', 'LAST')
end
return {#buckets, last}
`,
  run(keys, args, call) {
    const [raw, compaction] = [argument(keys, 1), argument(keys, 2)];
    if (Number(call('EXISTS', raw, compaction)) < 2) return [0, ''];
    const [aggregate, bucket, from, to, count] = [1, 2, 3, 4, 5].map((n) => argument(args, n)) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const buckets = replyArray(
      call('TS.RANGE', raw, from, to, 'COUNT', count, 'AGGREGATION', aggregate, bucket),
    ).map((each) => replyArray(each));
    let last = '';
    for (const [start, value] of buckets) {
      last = replyText(start);
      call('TS.ADD', compaction, last, replyText(value), 'ON_DUPLICATE', 'LAST');
    }
    return [buckets.length, last];
  },
};
