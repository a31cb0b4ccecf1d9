import { argument } from './argument.js';

/**
 * Letters of what a report carries besides its timestamp and value, in the order of their arguments. A report is
 * written as timestamp, value, its letters, one argument for each, then position (in KEYS) and value of each sensor.
 */
export const REPORT_FIELDS = {
  count: 'c',
  min: 'n',
  max: 'x',
  token: 't',
  ensemble: 'e',
  leader: 'l',
  /** The leader as JSON. */
  leaderJson: 'j',
  /** Digest of a report where more sensors follow in further steps. */
  digest: 'd',
  /** Count of the status, where it is neither `count` nor the number of sensors that follow. */
  statusCount: 'k',
  /** Ids of stale sensors, as JSON. */
  stale: 's',
  /** Ids of invalid sensors, as JSON. */
  invalid: 'i',
  /** There are too many ids for an event: the reader of the status event looks the status up. */
  lookUp: 'u',
  /** When the term began, when the report was made, the lease left then and the tick interval: `ms ms ms ms`. */
  term: 'w',
  /** Ids of the candidates in the order of their queue, as JSON. */
  queue: 'q',
  /** How many sensors follow. */
  sensors: 'r',
} as const;

/** What a report carries besides its timestamp and value. */
export type ReportFields = Partial<Record<keyof typeof REPORT_FIELDS, string>>;

/** Lua: {@link readReport}; a report's fields have their letters as names. */
export const READ_REPORT_LUA = `
local function read_report(at)
  local report, fields = {timestamp = ARGV[at], value = ARGV[at + 1]}, ARGV[at + 2]
  for i = 1, #fields do report[string.sub(fields, i, i)] = ARGV[at + 2 + i] end
  report.first = at + 3 + #fields
  report.sensors = report.r and tonumber(report.r) or 0
  return report, report.first + 2 * report.sensors
end
`;

/** A report as a script sees it. */
export interface ScriptReport extends ReportFields {
  timestamp: string;
  value: string;
  /** Position (from 1) in ARGV of the first sensor's position in KEYS; its value and the next sensor follow. */
  first: number;
  sensorCount: number;
}

const NAMES = new Map(
  Object.entries(REPORT_FIELDS).map(([name, letter]) => [letter as string, name as keyof ReportFields]),
);

/** Reads the report whose timestamp is the argument at a position, counted from 1; the next begins at `end`. */
export function readReport(args: readonly string[], at: number): { report: ScriptReport; end: number } {
  const letters = argument(args, at + 2);
  const first = at + 3 + letters.length;
  const report: ScriptReport = {
    timestamp: argument(args, at),
    value: argument(args, at + 1),
    first,
    sensorCount: 0,
  };
  for (let i = 0; i < letters.length; i += 1) {
    const name = NAMES.get(letters[i] ?? '');
    if (name === undefined) throw new TypeError(`A report has the unknown fields ${letters}.`);
    report[name] = argument(args, at + 3 + i);
  }
  report.sensorCount = Number(report.sensors ?? 0);
  return { report, end: first + 2 * report.sensorCount };
}

/** Writes a report up to its sensors. */
export function reportArguments(timestamp: string, value: string, fields: ReportFields): string[] {
  let letters = '';
  const args: string[] = [];
  for (const [name, letter] of FIELD_ORDER) {
    const text = fields[name];
    if (text === undefined) continue;
    letters += letter;
    args.push(text);
  }
  return [timestamp, value, letters, ...args];
}

const FIELD_ORDER = Object.entries(REPORT_FIELDS) as [keyof ReportFields, string][];
