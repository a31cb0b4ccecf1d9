import { announceEvents, APPEND_EVENT_LUA } from './append-event.js';
import { APPEND_MEASUREMENTS_LUA, appendMeasurements } from './append-measurements.js';
import { argument, UNPACK_LUA } from './argument.js';
import { Fence, FENCE_LUA } from './fence.js';
import { KNOWN_STATUS_LUA, KnownStatus } from './known-status.js';
import { MISSING_SERIES_LUA, missingSeries } from './missing-series.js';
import { replyArray, replyText, replyTextOrNull } from './reply.js';
import { READ_REPORT_LUA, readReport, type ScriptReport } from './report-arguments.js';
import { LastValues, noteSensors, SampleWriter, SENSOR_VALUES_LUA } from './sensor-values.js';
import { SERVER_CLOCK_LUA, ServerClock } from './server-clock.js';
import { type ScriptReply, type ServerScript } from './server-script.js';

/** Position in KEYS of the first sensor's series, and in ARGV of the first sensor's id. */
export const FIRST_SENSOR_KEY = 11;
export const FIRST_SENSOR_ID = 6;

/**
 * Stores ticks of one group, one after the other as if each came alone: mean, count, min, max, sensors (all of a
 * report's, or its first step of them), fence, last values, status and events, all or nothing.
 *
 * KEYS: fence, status, sensors, events, pending, terms, mean, count, min, max, then one raw series per sensor.
 * ARGV: 1 channel · 2 group · 3 length of the event stream · 4 number of reports · 5 how far ahead of the server's clock
 *   a tick may be, in ms, then the id of each sensor in KEYS, then the reports as `report-arguments.ts` writes them.
 *
 * Answers `missing` and the positions in KEYS of series that do not exist, having changed nothing; else for each report:
 * `stored` · `duplicate`, kept value, `resume` where the kept report is this one and steps of it are missing (else
 * empty) · `stale-token`, newest token · `ahead`, the server's clock in ms · `rejected`, error text. Only the first two
 * change anything; `duplicate` only the fence and, for the newest tick under another term, who leads. The status is
 * written, and announced, once.
 */
export const recordTicksScript: ServerScript = {
  lua: `${UNPACK_LUA}${SERVER_CLOCK_LUA}${APPEND_EVENT_LUA}${APPEND_MEASUREMENTS_LUA}${MISSING_SERIES_LUA}${FENCE_LUA}${KNOWN_STATUS_LUA}${SENSOR_VALUES_LUA}${READ_REPORT_LUA}
local fence, status, sensors, events, pending, mean = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[7]
local measurements, outcomes = {}, {}
local function settle_refused(report, refusal)
  local kept = redis.call('TS.RANGE', mean, report.timestamp, report.timestamp)
  if #kept == 0 then return {'rejected', refusal} end
  raise_fence(fence, report)
  note_duplicate(report)
  local text = kept[1][2]
  if type(text) == 'table' then text = text.ok end
  local resumes = report.d and redis.call('HGET', pending, report.timestamp) == report.d
  return {'duplicate', text, resumes and 'resume' or ''}
end
local function complete(report)
  raise_fence(fence, report)
  if report.c then add_sample(KEYS[8], report.timestamp, report.c) end
  if report.n then add_sample(KEYS[9], report.timestamp, report.n) end
  if report.x then add_sample(KEYS[10], report.timestamp, report.x) end
  note_sensors(report, note_stored(report))
  if report.d then redis.call('HSET', pending, report.timestamp, report.d) end
  measurements[#measurements + 1] = '{"timestamp":' .. report.timestamp .. ',"value":' .. report.value .. '}'
  return 'stored'
end
local at = ${FIRST_SENSOR_ID} + #KEYS - ${FIRST_SENSOR_KEY - 1}
for i = 1, tonumber(ARGV[4]) do
  local report
  report, at = read_report(at)
  local refusing = refusing_token(fence, report)
  if refusing then
    outcomes[i] = {'stale-token', refusing}
  elseif tonumber(report.timestamp) > server_now() + tonumber(ARGV[5]) then
    outcomes[i] = {'ahead', string.format('%.0f', server_now())}
  else
    if not known then
      local missing = missing_series(7)
      if missing then return missing end
      read_status(status, KEYS[6])
    end
    local added = redis.pcall('TS.ADD', mean, report.timestamp, report.value, 'ON_DUPLICATE', 'BLOCK')
    if type(added) == 'table' and added.err then
      outcomes[i] = settle_refused(report, added.err)
    else
      outcomes[i] = complete(report)
    end
  end
end
if not known then return outcomes end
flush_samples()
write_last_values(sensors, ${FIRST_SENSOR_KEY}, ${FIRST_SENSOR_ID})
local newest_id = append_measurements(events, ARGV[3], measurements)
newest_id = write_status(status, ARGV[2], events, ARGV[3]) or newest_id
if newest_id then announce_events(ARGV[1], newest_id) end
return outcomes
`,
  run(keys, args, call) {
    const [fenceKey, status, sensors, events, pending, terms, mean] = [1, 2, 3, 4, 5, 6, 7].map((n) =>
      argument(keys, n),
    ) as [string, string, string, string, string, string, string];
    const fence = new Fence(fenceKey, call);
    const clock = new ServerClock(call);
    const maxAheadMs = Number(argument(args, 5));
    const samples = new SampleWriter(call);
    const last = new LastValues();
    const measurements: string[] = [];
    let known: KnownStatus | undefined;

    const settleRefused = (report: ScriptReport, refusal: string): ScriptReply => {
      const kept = replyArray(call('TS.RANGE', mean, report.timestamp, report.timestamp));
      if (kept.length === 0) return ['rejected', refusal];
      fence.raise(report);
      known?.noteDuplicate(report);
      const resumes =
        report.digest !== undefined &&
        replyTextOrNull(call('HGET', pending, report.timestamp)) === report.digest;
      return ['duplicate', replyText(replyArray(kept[0])[1]), resumes ? 'resume' : ''];
    };
    const complete = (report: ScriptReport, status: KnownStatus): ScriptReply => {
      const { timestamp, value, count, min, max, digest } = report;
      fence.raise(report);
      if (count !== undefined) samples.add(argument(keys, 8), timestamp, count);
      if (min !== undefined) samples.add(argument(keys, 9), timestamp, min);
      if (max !== undefined) samples.add(argument(keys, 10), timestamp, max);
      noteSensors(report, status.noteStored(report), { keys, args, samples, last });
      if (digest !== undefined) call('HSET', pending, timestamp, digest);
      measurements.push(`{"timestamp":${timestamp},"value":${value}}`);
      return 'stored';
    };

    const outcomes: ScriptReply[] = [];
    let at = FIRST_SENSOR_ID + keys.length - (FIRST_SENSOR_KEY - 1);
    for (let i = 0; i < Number(argument(args, 4)); i += 1) {
      const { report, end } = readReport(args, at);
      at = end;
      const refusing = fence.refusing(report);
      if (refusing !== undefined) {
        outcomes.push(['stale-token', refusing]);
        continue;
      }
      if (Number(report.timestamp) > clock.nowMs + maxAheadMs) {
        outcomes.push(['ahead', String(clock.nowMs)]);
        continue;
      }
      if (known === undefined) {
        const missing = missingSeries(keys, 7, call);
        if (missing !== undefined) return missing;
        known = new KnownStatus(status, terms, call);
      }
      const refusal = refusalOf(() =>
        call('TS.ADD', mean, report.timestamp, report.value, 'ON_DUPLICATE', 'BLOCK'),
      );
      outcomes.push(refusal === undefined ? complete(report, known) : settleRefused(report, refusal));
    }
    if (known === undefined) return outcomes;
    samples.flush();
    last.write(sensors, (position) => argument(args, FIRST_SENSOR_ID + position - FIRST_SENSOR_KEY), call);
    const stream = { events, maxLength: argument(args, 3), call };
    const measurementsId = appendMeasurements(stream, measurements);
    const newestId = known.write(argument(args, 2), stream) ?? measurementsId;
    if (newestId !== undefined) announceEvents(argument(args, 1), newestId, call);
    return outcomes;
  },
};

/** Error text of a command, undefined where it succeeds; as `redis.pcall`. */
function refusalOf(command: () => unknown): string | undefined {
  try {
    command();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
