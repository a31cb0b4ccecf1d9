import { type EventStream, appendEvent } from './append-event.js';
import { replyArray, replyTextOrNull } from './reply.js';
import { type ScriptReport } from './report-arguments.js';
import { ServerClock } from './server-clock.js';
import { type ScriptCall } from './server-script.js';
import { TERM_STREAM_LENGTH } from '../terms/term-stream.js';

/** Lua: {@link KnownStatus}; needs that of `server-clock.ts`. */
export const KNOWN_STATUS_LUA = `
local known, newest_report, term_json, term_changed, stored_changed
local function read_status(status, terms)
  local fields = redis.call('HMGET', status, 'tick', 'token', 'leader', 'since', 'stored', 'ensemble', 'term')
  known = {tick = fields[1], token = fields[2], leader = fields[3], since = fields[4],
    stored = tonumber(fields[5] or '0'), ensemble = fields[6] or '', term = fields[7] or '', terms = terms}
end
local function note_term(report)
  known.ensemble, known.term, known.queue = report.e or '', report.w or '', report.q or '[]'
end
local function keep_term()
  if not (known.tick and known.since) or known.token == '' then return end
  redis.call('XADD', known.terms, 'MAXLEN', '~', ${TERM_STREAM_LENGTH}, '*', 'token', known.token,
    'ensemble', known.ensemble, 'leader', known.leader, 'since', known.since, 'last', known.tick,
    'term', known.term)
end
local function same_term(report)
  return known.token == (report.t or '') and known.leader == (report.l or '')
end
local function begin_term(report)
  keep_term()
  note_term(report)
  known.token, known.leader, known.since = report.t or '', report.l or '', report.timestamp
  term_json, term_changed = report.j or 'null', true
end
local function is_newest(report)
  local at, tick = tonumber(report.timestamp), known.tick and tonumber(known.tick)
  if not tick or at >= tick then return true end
  local now = server_now()
  return tick > now and math.abs(now - at) < tick - now
end
local function note_stored(report)
  known.stored = known.stored + 1
  stored_changed = true
  if not is_newest(report) then return false end
  if not (known.tick and known.since and same_term(report)) then begin_term(report) end
  note_term(report)
  known.tick, term_json, newest_report = report.timestamp, report.j or 'null', report
  return true
end
local function note_duplicate(report)
  if report.t and known.tick == report.timestamp and not same_term(report) then begin_term(report) end
end
local function write_status(status, group, events, max_length)
  local r = newest_report
  local stored = string.format('%.0f', known.stored)
  if not r then
    if stored_changed then redis.call('HSET', status, 'stored', stored) end
    if not term_changed then return nil end
    redis.call('HSET', status, 'leader', known.leader, 'token', known.token, 'since', known.since,
      'ensemble', known.ensemble, 'term', known.term, 'queue', known.queue)
    return append_event(events, max_length, 'status', '')
  end
  local count = r.k or r.c or r.r or '0'
  local stale, invalid = r.s or '[]', r.i or '[]'
  redis.call('HSET', status, 'tick', r.timestamp, 'value', r.value, 'count', count, 'leader', known.leader,
    'token', known.token, 'since', known.since, 'stale', stale, 'invalid', invalid, 'stored', stored,
    'ensemble', known.ensemble, 'term', known.term, 'queue', known.queue)
  if r.u then return append_event(events, max_length, 'status', '') end
  local token = known.token == '' and 'null' or '"' .. known.token .. '"'
  return append_event(events, max_length, 'status', '{"group":"' .. group .. '","leader":' .. term_json
    .. ',"token":' .. token .. ',"since":' .. known.since .. ',"tick":' .. r.timestamp .. ',"value":' .. r.value
    .. ',"count":' .. count .. ',"stale":' .. stale .. ',"invalid":' .. invalid .. '}')
end
`;

/** Field of the status with the number of measurements stored since the group was cleared; it never falls. */
export const STORED_FIELD = 'stored';

/**
 * The status of a group: read once, changed by one report after the other, and written with its event once. It is that
 * of the newest tick; the first tick of a term is the `since` of that term. Beside it is the number of measurements.
 *
 * A tick that is ahead of the server's clock does not hold it up: the next report that is nearer to the clock counts as
 * newest.
 */
export class KnownStatus {
  readonly #key: string;
  readonly #terms: string;
  readonly #call: ScriptCall;
  #tick: string | undefined;
  #token: string | undefined;
  #leader: string | undefined;
  #since: string | undefined;
  #newestReport: ScriptReport | undefined;
  #termJson = 'null';
  #termChanged = false;
  #ensemble: string;
  #term: string;
  #queue = '[]';
  #stored: number;
  #storedChanged = false;

  /** @param terms stream of the terms that are over */
  constructor(key: string, terms: string, call: ScriptCall) {
    this.#key = key;
    this.#terms = terms;
    this.#call = call;
    const [tick, token, leader, since, stored, ensemble, term] = replyArray(
      call('HMGET', key, 'tick', 'token', 'leader', 'since', STORED_FIELD, 'ensemble', 'term'),
    ).map((reply) => replyTextOrNull(reply));
    [this.#ensemble, this.#term] = [ensemble ?? '', term ?? ''];
    [this.#tick, this.#token, this.#leader, this.#since] = [tick, token, leader, since];
    this.#stored = Number(stored ?? 0);
  }

  /** A report was stored; answers whether none that is newer was. */
  noteStored(report: ScriptReport): boolean {
    const { timestamp, leaderJson = 'null' } = report;
    this.#stored += 1;
    this.#storedChanged = true;
    if (!this.#isNewest(Number(timestamp))) return false;
    const goesOn = this.#tick !== undefined && this.#since !== undefined && this.#isSameTerm(report);
    if (!goesOn) this.#beginTerm(report);
    this.#noteTerm(report);
    this.#tick = timestamp;
    this.#termJson = leaderJson;
    this.#newestReport = report;
    return true;
  }

  /** A report's tick had a value: a new leader sends the current tick at once, which its predecessor may have stored. */
  noteDuplicate(report: ScriptReport): void {
    if (report.token !== undefined && this.#tick === report.timestamp && !this.#isSameTerm(report)) {
      this.#beginTerm(report);
    }
  }

  /** Writes what changed; the id of the event, undefined where nothing did. */
  write(group: string, stream: EventStream): string | undefined {
    const report = this.#newestReport;
    const { leader, token, since } = {
      leader: this.#leader ?? '',
      token: this.#token ?? '',
      since: this.#since ?? '',
    };
    const stored = String(this.#stored);
    const term = ['ensemble', this.#ensemble, 'term', this.#term, 'queue', this.#queue];
    if (report === undefined) {
      if (this.#storedChanged) this.#call('HSET', this.#key, STORED_FIELD, stored);
      if (!this.#termChanged) return undefined;
      this.#call('HSET', this.#key, 'leader', leader, 'token', token, 'since', since, ...term);
      return appendEvent(stream, 'status', '');
    }
    const { timestamp: tick, value, stale = '[]', invalid = '[]' } = report;
    const count = report.statusCount ?? report.count ?? report.sensors ?? '0';
    this.#call(
      ...['HSET', this.#key, 'tick', tick, 'value', value, 'count', count, 'leader', leader],
      ...['token', token, 'since', since, 'stale', stale, 'invalid', invalid, STORED_FIELD, stored],
      ...term,
    );
    if (report.lookUp !== undefined) return appendEvent(stream, 'status', '');
    const tokenJson = token === '' ? 'null' : `"${token}"`;
    return appendEvent(
      stream,
      'status',
      `{"group":"${group}","leader":${this.#termJson},"token":${tokenJson},"since":${since},"tick":${tick}` +
        `,"value":${value},"count":${count},"stale":${stale},"invalid":${invalid}}`,
    );
  }

  #isNewest(timestamp: number): boolean {
    const tick = this.#tick === undefined ? -Infinity : Number(this.#tick);
    if (timestamp >= tick) return true;
    const now = new ServerClock(this.#call).nowMs;
    return tick > now && Math.abs(now - timestamp) < tick - now;
  }

  #isSameTerm({ token = '', leader = '' }: ScriptReport): boolean {
    return this.#token === token && this.#leader === leader;
  }

  #beginTerm(report: ScriptReport): void {
    const { token = '', leader = '', leaderJson = 'null', timestamp } = report;
    this.#keepTerm();
    this.#noteTerm(report);
    this.#token = token;
    this.#leader = leader;
    this.#since = timestamp;
    this.#termJson = leaderJson;
    this.#termChanged = true;
  }

  #noteTerm({ ensemble = '', term = '', queue = '[]' }: ScriptReport): void {
    [this.#ensemble, this.#term, this.#queue] = [ensemble, term, queue];
  }

  /** Puts the term that is over to the others, unless nobody led. */
  #keepTerm(): void {
    if (this.#tick === undefined || this.#since === undefined || this.#token === '') return;
    this.#call(
      ...['XADD', this.#terms, 'MAXLEN', '~', String(TERM_STREAM_LENGTH), '*', 'token', this.#token ?? ''],
      ...['ensemble', this.#ensemble, 'leader', this.#leader ?? '', 'since', this.#since],
      ...['last', this.#tick, 'term', this.#term],
    );
  }
}
