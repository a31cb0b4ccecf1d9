import { argument } from './argument.js';
import { replyArray, replyTextOrNull } from './reply.js';
import { type ScriptReport } from './report-arguments.js';
import { type ScriptCall } from './server-script.js';

/** Arguments of one TS.MADD; Redis's Lua unpacks at most 7,999. */
const MAX_SAMPLE_ARGUMENTS = 6_000;

/** Lua: {@link SampleWriter} and {@link LastValues}; needs `unpack`. `ids` is where the sensors' ids begin in ARGV. */
export const SENSOR_VALUES_LUA = `
local samples = {'TS.MADD'}
local function flush_samples()
  if #samples > 1 then redis.call(unpack(samples)) end
  samples = {'TS.MADD'}
end
local function add_sample(key, timestamp, value)
  if #samples > ${MAX_SAMPLE_ARGUMENTS} then flush_samples() end
  samples[#samples + 1] = key
  samples[#samples + 1] = timestamp
  samples[#samples + 1] = value
end
local last_order, last_values = {}, {}
local function note_last(position, timestamp, value, is_newest)
  local known = last_values[position]
  if not known then
    last_order[#last_order + 1] = position
    last_values[position] = {timestamp = timestamp, value = value, is_newest = is_newest}
  elseif tonumber(timestamp) >= tonumber(known.timestamp) then
    known.timestamp, known.value = timestamp, value
    known.is_newest = known.is_newest or is_newest
  end
end
local function write_last_values(sensors, first_key, ids)
  local asked, names = {}, {'HMGET', sensors}
  for _, position in ipairs(last_order) do
    if not last_values[position].is_newest then
      asked[#asked + 1] = position
      names[#names + 1] = ARGV[ids + position - first_key]
    end
  end
  local found = #asked > 0 and redis.call(unpack(names))
  for i, position in ipairs(asked) do
    local at = found[i] and tonumber(string.match(found[i], '^%d+'))
    if at and at > tonumber(last_values[position].timestamp) then last_values[position] = nil end
  end
  local last = {'HSET', sensors}
  for _, position in ipairs(last_order) do
    local noted = last_values[position]
    if noted then
      last[#last + 1] = ARGV[ids + position - first_key]
      last[#last + 1] = noted.timestamp .. ' ' .. noted.value
    end
  end
  if #last > 2 then redis.call(unpack(last)) end
end
local function note_sensors(report, is_newest)
  for i = report.first, report.first + 2 * report.sensors - 2, 2 do
    local position = tonumber(ARGV[i])
    add_sample(KEYS[position], report.timestamp, ARGV[i + 1])
    note_last(position, report.timestamp, ARGV[i + 1], is_newest)
  end
end
`;

/** Samples that are written together, in the order in which they were added. */
export class SampleWriter {
  readonly #call: ScriptCall;
  #samples: string[] = [];

  constructor(call: ScriptCall) {
    this.#call = call;
  }

  add(key: string, timestamp: string, value: string): void {
    if (this.#samples.length >= MAX_SAMPLE_ARGUMENTS) this.flush();
    this.#samples.push(key, timestamp, value);
  }

  flush(): void {
    if (this.#samples.length > 0) this.#call('TS.MADD', ...this.#samples);
    this.#samples = [];
  }
}

interface LastValue {
  timestamp: string;
  value: string;
  /** No newer tick was stored, thus the sensor has no newer value. */
  isNewest: boolean;
}

/** The last values of sensors, by the positions of their series in KEYS; written unless the stored ones are newer. */
export class LastValues {
  readonly #values = new Map<number, LastValue>();

  note(position: number, timestamp: string, value: string, isNewest: boolean): void {
    const known = this.#values.get(position);
    if (known === undefined) this.#values.set(position, { timestamp, value, isNewest });
    else if (Number(timestamp) >= Number(known.timestamp)) {
      this.#values.set(position, { timestamp, value, isNewest: known.isNewest || isNewest });
    }
  }

  /** @param idOf id of the sensor whose series is at a position */
  write(sensors: string, idOf: (position: number) => string, call: ScriptCall): void {
    const asked = [...this.#values].filter(([, { isNewest }]) => !isNewest);
    const found =
      asked.length === 0
        ? []
        : replyArray(call('HMGET', sensors, ...asked.map(([position]) => idOf(position))));
    asked.forEach(([position, { timestamp }], index) => {
      const at = /^\d+/.exec(replyTextOrNull(found[index]) ?? '')?.[0];
      if (at !== undefined && Number(at) > Number(timestamp)) this.#values.delete(position);
    });
    const last = [...this.#values].flatMap(([position, { timestamp, value }]) => [
      idOf(position),
      `${timestamp} ${value}`,
    ]);
    if (last.length > 0) call('HSET', sensors, ...last);
  }
}

/** Adds each sensor of a stored report to its series and notes it as the last one. */
export function noteSensors(
  report: ScriptReport,
  isNewest: boolean,
  { keys, args, samples, last }: { keys: string[]; args: string[]; samples: SampleWriter; last: LastValues },
): void {
  for (let i = 0; i < report.sensorCount; i += 1) {
    const position = Number(argument(args, report.first + 2 * i));
    const value = argument(args, report.first + 2 * i + 1);
    samples.add(argument(keys, position), report.timestamp, value);
    last.note(position, report.timestamp, value, isNewest);
  }
}
