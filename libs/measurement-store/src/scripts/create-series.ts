import { argument } from './argument.js';
import { type ScriptCall, type ServerScript } from './server-script.js';

/** Lua: {@link createSeries}; labels are those of the create-series script's ARGV 2 and 4. */
export const CREATE_SERIES_LUA = `
local function create(key, retention, chunk_size, kind)
  if redis.call('EXISTS', key) == 1 then return end
  if ARGV[4] == '' then
    redis.call('TS.CREATE', key, 'RETENTION', retention, 'ENCODING', 'COMPRESSED', 'CHUNK_SIZE', chunk_size,
      'DUPLICATE_POLICY', 'FIRST', 'LABELS', 'group', ARGV[2], 'kind', kind)
  else
    redis.call('TS.CREATE', key, 'RETENTION', retention, 'ENCODING', 'COMPRESSED', 'CHUNK_SIZE', chunk_size,
      'DUPLICATE_POLICY', 'FIRST', 'LABELS', 'group', ARGV[2], 'kind', kind, 'sensor', ARGV[4])
  end
end
`;

/**
 * Creates a raw series with its compactions and their rules; does nothing where the raw series exists.
 *
 * KEYS: sensors, raw series, then its compactions.
 * ARGV: 1 sensor id (empty for a series of the group) · 2 group · 3 kind · 4 label of the sensor ·
 *   5 retention of raw values in ms, then per compaction: retention in ms, aggregate, bucket in ms, kind.
 *
 * Answers `created` or `exists`. Every option is spelled out in front of the labels: RedisTimeSeries finds an option by
 * the first argument of that name, and a label's value could be one.
 */
export const createSeriesScript: ServerScript = {
  lua: `${CREATE_SERIES_LUA}
if redis.call('EXISTS', KEYS[2]) == 1 then return {'exists'} end
for i = 3, #KEYS do
  local first = 6 + (i - 3) * 4
  create(KEYS[i], ARGV[first], '256', ARGV[first + 3])
end
create(KEYS[2], ARGV[5], '4096', ARGV[3])
for i = 3, #KEYS do
  local first = 6 + (i - 3) * 4
  redis.pcall('TS.CREATERULE', KEYS[2], KEYS[i], 'AGGREGATION', ARGV[first + 1], ARGV[first + 2])
end
if ARGV[1] ~= '' then redis.call('HSETNX', KEYS[1], ARGV[1], '') end
return {'created'}
`,
  run(keys, args, call) {
    const raw = argument(keys, 2);
    if (Number(call('EXISTS', raw)) === 1) return ['exists'];
    const labels = { group: argument(args, 2), sensor: argument(args, 4) };
    const compactions = compactionArguments(keys, args);
    for (const { key, retention, kind } of compactions) {
      createSeries(call, { ...labels, key, retention, chunkSize: '256', kind });
    }
    createSeries(call, {
      ...labels,
      key: raw,
      retention: argument(args, 5),
      chunkSize: '4096',
      kind: argument(args, 3),
    });
    for (const { key, aggregate, bucket } of compactions) {
      try {
        call('TS.CREATERULE', raw, key, 'AGGREGATION', aggregate, bucket);
      } catch {
        // As redis.pcall: the compaction was left behind by somebody who deleted the raw series alone.
      }
    }
    const id = argument(args, 1);
    if (id !== '') call('HSETNX', argument(keys, 1), id, '');
    return ['created'];
  },
};

/** A compaction as the create-series script's KEYS and ARGV name it. */
export interface CompactionArguments {
  readonly key: string;
  readonly retention: string;
  readonly aggregate: string;
  readonly bucket: string;
  readonly kind: string;
}

/** The compactions among the arguments of the create-series script. */
export function compactionArguments(keys: readonly string[], args: readonly string[]): CompactionArguments[] {
  return keys.slice(2).map((key, index) => {
    const first = 6 + index * 4;
    return {
      key,
      retention: argument(args, first),
      aggregate: argument(args, first + 1),
      bucket: argument(args, first + 2),
      kind: argument(args, first + 3),
    };
  });
}

interface NewSeries {
  key: string;
  retention: string;
  chunkSize: string;
  group: string;
  kind: string;
  sensor: string;
}

/** Creates one series unless there is something under its key. */
export function createSeries(call: ScriptCall, series: NewSeries): void {
  const { key, retention, chunkSize, group, kind, sensor } = series;
  if (Number(call('EXISTS', key)) === 1) return;
  call(
    ...['TS.CREATE', key, 'RETENTION', retention, 'ENCODING', 'COMPRESSED', 'CHUNK_SIZE', chunkSize],
    ...['DUPLICATE_POLICY', 'FIRST', 'LABELS', 'group', group, 'kind', kind],
    ...(sensor === '' ? [] : ['sensor', sensor]),
  );
}
