import { argument } from './argument.js';
import { replyTextOrNull } from './reply.js';
import { type ServerScript } from './server-script.js';

/**
 * Removes sensors, with their series, whose last value is older than a limit; one that has a newer value by now stays.
 *
 * KEYS: sensors, then the series of each sensor, as many for each. ARGV: 1 limit · 2 series per sensor, then the ids.
 * Answers `forgotten`, the number of sensors removed.
 */
export const forgetSensorsScript: ServerScript = {
  lua: `
local limit, series, forgotten = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
for i = 3, #ARGV do
  local last = redis.call('HGET', KEYS[1], ARGV[i])
  local at = last and tonumber(string.match(last, '^%d+'))
  if at and at < limit then
    local first = 2 + (i - 3) * series
    for k = first, first + series - 1 do redis.call('DEL', KEYS[k]) end
    redis.call('HDEL', KEYS[1], ARGV[i])
    forgotten = forgotten + 1
  end
end
return {'forgotten', forgotten}
`,
  run(keys, args, call) {
    const sensors = argument(keys, 1);
    const [limit, series] = [Number(argument(args, 1)), Number(argument(args, 2))];
    let forgotten = 0;
    args.slice(2).forEach((id, index) => {
      const at = /^\d+/.exec(replyTextOrNull(call('HGET', sensors, id)) ?? '')?.[0];
      if (at === undefined || Number(at) >= limit) return;
      const first = 1 + index * series;
      for (const key of keys.slice(first, first + series)) call('DEL', key);
      call('HDEL', sensors, id);
      forgotten += 1;
    });
    return ['forgotten', forgotten];
  },
};
