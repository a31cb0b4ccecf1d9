import {
  compareStreamIds,
  formatStreamId,
  type StreamEntry,
  type StreamId,
  StreamValue,
} from '../keyspace/stream-value.js';
import { parseInteger } from '../protocol/parse-number.js';
import { ErrorReply, MapReply, NULL_ARRAY, type Reply } from '../protocol/reply.js';
import {
  at,
  BLOCKED,
  type Command,
  type CommandContext,
  syntaxError,
  wrongArity,
  wrongType,
} from './command.js';

const MAX_ID: StreamId = { ms: Number.MAX_SAFE_INTEGER, sequence: Number.MAX_SAFE_INTEGER };

function streamAt({ database }: CommandContext, key: string): StreamValue | undefined {
  const value = database.get(key);
  if (value !== undefined && !(value instanceof StreamValue)) throw wrongType();
  return value;
}

interface TrimLimit {
  count?: number;
  minId?: StreamId;
}

/** MAXLEN or MINID with their modifiers; `~` trims exactly here, which it allows. */
function parseTrim(args: readonly string[], start: number): { limit: TrimLimit; next: number } {
  const strategy = at(args, start).toUpperCase();
  let index = start + 1;
  const isApproximate = args[index] === '~';
  if (isApproximate || args[index] === '=') index++;
  const text = args[index++];
  if (text === undefined) throw syntaxError();
  const limit: TrimLimit = strategy === 'MAXLEN' ? { count: parseCount(text) } : { minId: parseId(text, 0) };
  if (args[index]?.toUpperCase() === 'LIMIT') {
    if (!isApproximate)
      throw new ErrorReply('ERR syntax error, LIMIT cannot be used without the special ~ option');
    parseCount(args[index + 1] ?? '');
    index += 2;
  }
  return { limit, next: index };
}

function parseCount(text: string): number {
  const count = parseInteger(text);
  if (count === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
  if (count < 0) throw new ErrorReply('ERR The MAXLEN argument must be >= 0.');
  return count;
}

function add(context: CommandContext, args: string[]): Reply {
  let index = 2;
  let limit: TrimLimit | undefined;
  let makesStream = true;
  for (;;) {
    const option = at(args, index).toUpperCase();
    if (option === 'NOMKSTREAM') {
      makesStream = false;
      index++;
    } else if (option === 'MAXLEN' || option === 'MINID') {
      ({ limit, next: index } = parseTrim(args, index));
    } else break;
  }
  const idText = at(args, index++);
  const fields = args.slice(index);
  if (fields.length === 0 || fields.length % 2 !== 0) throw wrongArity('xadd');
  const known = streamAt(context, at(args, 1));
  const id = nextId(idText, known?.lastId ?? { ms: 0, sequence: 0 }, context.server.now());
  if (known === undefined && !makesStream) return null;
  const stream = known ?? context.database.createStream(at(args, 1));
  context.database.elements.appendEntry(stream, id, fields);
  if (limit) context.database.elements.trimStream(stream, limit);
  return formatStreamId(id);
}

function nextId(text: string, last: StreamId, nowMs: number): StreamId {
  if (text === '*')
    return nowMs > last.ms ? { ms: nowMs, sequence: 0 } : { ms: last.ms, sequence: last.sequence + 1 };
  const automatic = /^([0-9]+)-\*$/.exec(text);
  const id = automatic
    ? { ms: Number(automatic[1]), sequence: Number(automatic[1]) === last.ms ? last.sequence + 1 : 0 }
    : parseId(text, 0);
  if (id.ms === 0 && id.sequence === 0)
    throw new ErrorReply('ERR The ID specified in XADD must be greater than 0-0');
  if (compareStreamIds(id, last) <= 0) {
    throw new ErrorReply('ERR The ID specified in XADD is equal or smaller than the target stream top item');
  }
  return id;
}

/** @param missingSequence what stands for the part behind the dash where the id has none. */
function parseId(text: string, missingSequence: number): StreamId {
  const [ms, sequence, ...rest] = text.split('-').map((part) => (/^[0-9]+$/.test(part) ? Number(part) : NaN));
  const id = { ms: ms ?? NaN, sequence: sequence ?? missingSequence };
  if (rest.length > 0 || !Number.isSafeInteger(id.ms) || !(id.sequence >= 0)) {
    throw new ErrorReply('ERR Invalid stream ID specified as stream command argument');
  }
  return id;
}

function rangeBound(text: string, isStart: boolean): StreamId {
  if (text === '-') return { ms: 0, sequence: 0 };
  if (text === '+') return MAX_ID;
  const isExclusive = text.startsWith('(');
  const id = parseId(isExclusive ? text.slice(1) : text, isStart ? 0 : MAX_ID.sequence);
  if (!isExclusive) return id;
  if (isStart) return { ms: id.ms, sequence: id.sequence + 1 };
  return id.sequence > 0
    ? { ms: id.ms, sequence: id.sequence - 1 }
    : { ms: id.ms - 1, sequence: MAX_ID.sequence };
}

function range(reverse: boolean): Command['run'] {
  return (context, args) => {
    const [first, second] = [at(args, 2), at(args, 3)];
    const from = rangeBound(reverse ? second : first, true);
    const to = rangeBound(reverse ? first : second, false);
    let count = Infinity;
    if (args.length > 4) {
      if (args.length !== 6 || at(args, 4).toUpperCase() !== 'COUNT') throw syntaxError();
      const parsed = parseInteger(at(args, 5));
      if (parsed === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
      if (parsed === 0) return [];
      if (parsed < 0) return NULL_ARRAY;
      count = parsed;
    }
    const stream = streamAt(context, at(args, 1));
    return stream === undefined ? [] : entriesReply(stream.range(from, to, count, reverse));
  };
}

function entriesReply(entries: readonly StreamEntry[]): Reply[] {
  return entries.map(({ id, fields }) => [formatStreamId(id), [...fields]]);
}

function trim(context: CommandContext, args: string[]): Reply {
  if (!['MAXLEN', 'MINID'].includes(at(args, 2).toUpperCase())) throw syntaxError();
  const { limit, next } = parseTrim(args, 2);
  if (next < args.length) throw syntaxError();
  const stream = streamAt(context, at(args, 1));
  return stream === undefined ? 0 : context.database.elements.trimStream(stream, limit);
}

interface ReadRequest {
  key: string;
  after: StreamId;
}

function read(context: CommandContext, args: string[]): Reply | typeof BLOCKED {
  const { server, session } = context;
  const { count, blockMs, requests } = parseRead(context, args);
  const attempt = (): Reply | undefined => {
    const found = requests.flatMap(({ key, after }): [string, Reply][] => {
      const from = { ms: after.ms, sequence: after.sequence + 1 };
      const entries = streamAt(context, key)?.range(from, MAX_ID, count) ?? [];
      return entries.length > 0 ? [[key, entriesReply(entries)]] : [];
    });
    if (found.length === 0) return undefined;
    return context.protocol === 3 ? new MapReply(found) : found;
  };
  const reply = attempt();
  if (reply !== undefined) return reply;
  if (blockMs === undefined || context.origin !== 'client') return NULL_ARRAY;
  server.block(session, blockMs, attempt, () => NULL_ARRAY);
  return BLOCKED;
}

function parseRead(
  context: CommandContext,
  args: string[],
): { count: number; blockMs: number | undefined; requests: ReadRequest[] } {
  let count = Infinity;
  let blockMs: number | undefined;
  let index = 1;
  for (; index < args.length; index += 2) {
    const option = at(args, index).toUpperCase();
    if (option === 'STREAMS') break;
    const value = parseInteger(args[index + 1] ?? '');
    if (option === 'COUNT') {
      if (value === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
      count = value <= 0 ? Infinity : value;
    } else if (option === 'BLOCK') {
      if (value === undefined) throw new ErrorReply('ERR timeout is not an integer or out of range');
      if (value < 0) throw new ErrorReply('ERR timeout is negative');
      blockMs = value;
    } else throw syntaxError();
  }
  const names = args.slice(index + 1);
  if (names.length === 0) throw syntaxError();
  if (names.length % 2 !== 0) {
    throw new ErrorReply(
      "ERR Unbalanced 'xread' list of streams: for each stream key an ID, '+', or '$' must be specified.",
    );
  }
  const half = names.length / 2;
  const requests = names.slice(0, half).map((key, position) => {
    const text = at(names, half + position);
    const last = streamAt(context, key)?.lastId ?? { ms: 0, sequence: 0 };
    if (text === '$') return { key, after: last };
    if (text === '+') return { key, after: { ms: last.ms, sequence: last.sequence - 1 } };
    return { key, after: parseId(text, 0) };
  });
  return { count, blockMs, requests };
}

export const streamCommands: readonly Command[] = [
  { name: 'xadd', arity: -5, run: add },
  { name: 'xlen', arity: 2, run: (context, args) => streamAt(context, at(args, 1))?.length ?? 0 },
  { name: 'xrange', arity: -4, run: range(false) },
  { name: 'xrevrange', arity: -4, run: range(true) },
  { name: 'xtrim', arity: -4, run: trim },
  { name: 'xread', arity: -4, run: read },
];
