import { parseInteger } from '../protocol/parse-number.js';
import { ErrorReply, OK, type Reply, SimpleString } from '../protocol/reply.js';
import { at, type Command, type CommandContext, syntaxError } from './command.js';
import { globMatcher } from './glob.js';

function deleteKeys({ database }: CommandContext, args: string[]): Reply {
  return args.slice(1).filter((key) => database.delete(key)).length;
}

function exists({ database }: CommandContext, args: string[]): Reply {
  return args.slice(1).filter((key) => database.has(key)).length;
}

function type({ database }: CommandContext, args: string[]): Reply {
  return new SimpleString(database.get(at(args, 1))?.type ?? 'none');
}

function keys({ database }: CommandContext, args: string[]): Reply {
  return [...database.keys()].filter(globMatcher(at(args, 1)));
}

/** Walks over the keys in their order; the cursor is a position, so that keys deleted meanwhile may hide others. */
function scan({ database }: CommandContext, args: string[]): Reply {
  const cursor = parseInteger(at(args, 1));
  if (cursor === undefined || cursor < 0) throw new ErrorReply('ERR invalid cursor');
  let count = 10;
  let pattern: string | undefined;
  let wantedType: string | undefined;
  for (let index = 2; index < args.length; index += 2) {
    const value = args[index + 1];
    if (value === undefined) throw syntaxError();
    const option = at(args, index).toUpperCase();
    if (option === 'MATCH') pattern = value;
    else if (option === 'TYPE') wantedType = value.toLowerCase();
    else if (option === 'COUNT') count = parseScanCount(value);
    else throw syntaxError();
  }
  const sorted = [...database.keys()].sort();
  const end = Math.min(sorted.length, cursor + count);
  const matches = pattern === undefined ? () => true : globMatcher(pattern);
  const found = sorted
    .slice(cursor, end)
    .filter((key) => matches(key) && (wantedType ?? typeOf(database, key)) === typeOf(database, key));
  return [end >= sorted.length ? '0' : String(end), found];
}

function typeOf(database: CommandContext['database'], key: string): string | undefined {
  return database.get(key)?.type.toLowerCase();
}

function parseScanCount(text: string): number {
  const count = parseInteger(text);
  if (count === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
  if (count < 1) throw syntaxError();
  return count;
}

function flush({ database }: CommandContext, args: string[]): Reply {
  const mode = args[1]?.toUpperCase();
  if (args.length > 2 || (mode !== undefined && mode !== 'SYNC' && mode !== 'ASYNC')) throw syntaxError();
  database.clear();
  return OK;
}

export const keyCommands: readonly Command[] = [
  { name: 'del', arity: -2, run: deleteKeys },
  { name: 'unlink', arity: -2, run: deleteKeys },
  { name: 'exists', arity: -2, run: exists },
  { name: 'type', arity: 2, run: type },
  { name: 'keys', arity: 2, run: keys },
  { name: 'scan', arity: -2, run: scan },
  { name: 'dbsize', arity: 1, run: ({ database }) => database.size },
  { name: 'flushall', arity: -1, run: flush },
  { name: 'flushdb', arity: -1, run: flush },
];
