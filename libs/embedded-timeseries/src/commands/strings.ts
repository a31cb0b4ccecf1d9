import { StringValue } from '../keyspace/string-value.js';
import { parseInteger } from '../protocol/parse-number.js';
import { ErrorReply, OK, type Reply } from '../protocol/reply.js';
import { at, type Command, type CommandContext, syntaxError, wrongType } from './command.js';

function stringAt({ database }: CommandContext, key: string): StringValue | undefined {
  const value = database.get(key);
  if (value !== undefined && !(value instanceof StringValue)) throw wrongType();
  return value;
}

interface SetOptions {
  /** Only where there is no key, or only where there is one. */
  condition: 'NX' | 'XX' | undefined;
  /** Answers the value from before. */
  returnsOld: boolean;
  keepsExpiry: boolean;
  expiresAtMs: number | undefined;
}

function set(context: CommandContext, args: string[]): Reply {
  const key = at(args, 1);
  const options = parseSetOptions(args, context.server.now());
  const old = options.returnsOld ? (stringAt(context, key)?.text ?? null) : null;
  const known = context.database.get(key);
  const isRefused = options.condition === (known === undefined ? 'XX' : 'NX');
  if (!isRefused) {
    const kept = options.keepsExpiry && known instanceof StringValue ? known.expiresAtMs : undefined;
    context.database.setString(key, at(args, 2), options.expiresAtMs ?? kept);
  }
  if (options.returnsOld) return old;
  return isRefused ? null : OK;
}

/** Units of expiry options in ms, and whether they count from 1970. */
const EXPIRY_OPTIONS: ReadonlyMap<string, { unitMs: number; isAbsolute: boolean }> = new Map([
  ['EX', { unitMs: 1000, isAbsolute: false }],
  ['PX', { unitMs: 1, isAbsolute: false }],
  ['EXAT', { unitMs: 1000, isAbsolute: true }],
  ['PXAT', { unitMs: 1, isAbsolute: true }],
]);

function parseSetOptions(args: readonly string[], nowMs: number): SetOptions {
  const options: SetOptions = {
    condition: undefined,
    returnsOld: false,
    keepsExpiry: false,
    expiresAtMs: undefined,
  };
  for (let index = 3; index < args.length; index++) {
    const option = at(args, index).toUpperCase();
    const expiry = EXPIRY_OPTIONS.get(option);
    const hasExpiry = options.keepsExpiry || options.expiresAtMs !== undefined;
    if ((option === 'NX' || option === 'XX') && (options.condition ?? option) === option) {
      options.condition = option;
    } else if (option === 'GET') options.returnsOld = true;
    else if (option === 'KEEPTTL' && options.expiresAtMs === undefined) options.keepsExpiry = true;
    else if (expiry !== undefined && !hasExpiry && index + 1 < args.length) {
      options.expiresAtMs = parseExpiry(at(args, ++index), expiry, nowMs);
    } else throw syntaxError();
  }
  return options;
}

function parseExpiry(
  text: string,
  { unitMs, isAbsolute }: { unitMs: number; isAbsolute: boolean },
  nowMs: number,
): number {
  const amount = parseInteger(text);
  if (amount === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
  const atMs = amount * unitMs + (isAbsolute ? 0 : nowMs);
  if (amount <= 0 || !Number.isSafeInteger(atMs)) {
    throw new ErrorReply("ERR invalid expire time in 'set' command");
  }
  return atMs;
}

/** Time to live: -2 without the key, -1 without an end. */
function timeToLive(unitMs: number): Command['run'] {
  return ({ database, server }, args) => {
    const value = database.get(at(args, 1));
    if (value === undefined) return -2;
    if (!(value instanceof StringValue) || value.expiresAtMs === undefined) return -1;
    return Math.round((value.expiresAtMs - server.now()) / unitMs);
  };
}

function persist({ database }: CommandContext, args: string[]): Reply {
  const value = database.get(at(args, 1));
  if (!(value instanceof StringValue) || value.expiresAtMs === undefined) return 0;
  database.setString(value.key, value.text);
  return 1;
}

export const stringCommands: readonly Command[] = [
  { name: 'set', arity: -3, run: set },
  { name: 'get', arity: 2, run: (context, args) => stringAt(context, at(args, 1))?.text ?? null },
  { name: 'ttl', arity: 2, run: timeToLive(1000) },
  { name: 'pttl', arity: 2, run: timeToLive(1) },
  { name: 'persist', arity: 2, run: persist },
];
