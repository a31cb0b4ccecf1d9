import { formatSampleValue } from '../protocol/format-double.js';
import { parseInteger } from '../protocol/parse-number.js';
import {
  DoubleReply,
  ErrorReply,
  MapReply,
  NullArrayReply,
  OK,
  PushReply,
  type Reply,
  type SamplesReply,
  SetReply,
  SimpleString,
} from '../protocol/reply.js';
import { at, type Command, type CommandContext, wrongArity } from './command.js';
import { type ScriptCall, type ScriptReply, sha1 } from './script-registry.js';

const evaluate: Command['run'] = (context, args) => run(context, sha1(at(args, 1)), args, true);
const evaluateSha: Command['run'] = (context, args) => run(context, at(args, 1), args, false);

function run(context: CommandContext, sha: string, args: string[], hasText: boolean): Reply {
  const keyCount = parseInteger(at(args, 2));
  if (keyCount === undefined) throw new ErrorReply('ERR value is not an integer or out of range');
  if (keyCount < 0) throw new ErrorReply("ERR Number of keys can't be negative");
  if (keyCount > args.length - 3) {
    throw new ErrorReply("ERR Number of keys can't be greater than number of args");
  }
  const script = context.server.scripts.bySha(sha);
  if (script === undefined) throw hasText ? unknownScript(sha) : noScript();
  const scriptContext: CommandContext = { ...context, origin: 'script', protocol: 2 };
  const call: ScriptCall = (...command) => {
    const reply = context.execute(
      command.map((part) => (typeof part === 'number' ? String(part) : toBytes(part))),
      scriptContext,
    );
    if (typeof reply === 'symbol') throw new ErrorReply('ERR This Redis command is not allowed from script');
    if (reply instanceof ErrorReply) throw reply;
    return toScriptReply(reply);
  };
  const keys = args.slice(3, 3 + keyCount).map(toText);
  const rest = args.slice(3 + keyCount).map(toText);
  try {
    return fromScriptReply(script.run(keys, rest, call));
  } catch (error) {
    if (error instanceof ErrorReply)
      throw new ErrorReply(`${error.message} script: ${sha}, on @user_script:1.`);
    throw new ErrorReply(
      `ERR Error running script ${sha}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function noScript(): ErrorReply {
  return new ErrorReply('NOSCRIPT No matching script. Please use EVAL.');
}

function unknownScript(sha: string): ErrorReply {
  return new ErrorReply(`ERR this server has no Lua: it runs registered scripts only, not ${sha}`);
}

const script: Command['run'] = ({ server }, args) => {
  const subcommand = at(args, 1).toUpperCase();
  if (subcommand === 'LOAD' && args.length === 3) {
    const sha = sha1(at(args, 2));
    if (server.scripts.bySha(sha) === undefined) throw unknownScript(sha);
    return sha;
  }
  if (subcommand === 'EXISTS' && args.length >= 3) {
    return args.slice(2).map((sha) => (server.scripts.bySha(sha) === undefined ? 0 : 1));
  }
  // Registered scripts stay: they are part of the server.
  if (subcommand === 'FLUSH' && args.length <= 3) return OK;
  if (['LOAD', 'EXISTS', 'FLUSH'].includes(subcommand)) throw wrongArity(`script|${subcommand}`);
  throw new ErrorReply(`ERR unknown subcommand '${at(args, 1).slice(0, 128)}'. Try SCRIPT HELP.`);
};

// eslint-disable-next-line no-control-regex -- ASCII is what is asked for
const NOT_ASCII = /[^\x00-\x7f]/;

/** UTF-8 text of a latin1 string's bytes; ASCII, thus nearly everything, is the same in both. */
function toText(bytes: string): string {
  return NOT_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

function toBytes(text: string): string {
  return NOT_ASCII.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

function toScriptReply(reply: Reply): ScriptReply {
  if (typeof reply === 'string') return toText(reply);
  if (reply === null || typeof reply === 'number') return reply;
  if (Array.isArray(reply)) return reply.map(toScriptReply);
  if (reply instanceof SimpleString) return { simple: toText(reply.text) };
  if (reply instanceof ErrorReply) return { simple: reply.message };
  if (reply instanceof DoubleReply) return { simple: formatSampleValue(reply.value) };
  if (reply instanceof MapReply) return reply.entries.flat().map(toScriptReply);
  if (reply instanceof SetReply) return reply.members.map(toScriptReply);
  if (reply instanceof PushReply) return reply.elements.map(toScriptReply);
  if (reply instanceof NullArrayReply) return null;
  return samplesToScript(reply);
}

function samplesToScript({ timestamps, values, valuesPerSample, isNested }: SamplesReply): ScriptReply {
  return Array.from(timestamps, (timestamp, row) => {
    const own = Array.from(values.slice(row * valuesPerSample, (row + 1) * valuesPerSample), (value) => ({
      simple: formatSampleValue(value),
    }));
    return isNested ? [timestamp, own] : [timestamp, ...own];
  });
}

function fromScriptReply(reply: ScriptReply): Reply {
  if (typeof reply === 'string') return toBytes(reply);
  if (typeof reply === 'bigint') return Number(reply);
  // As Lua numbers become integers on their way out.
  if (typeof reply === 'number') return Math.trunc(reply);
  if (reply === null) return null;
  if (Array.isArray(reply)) return reply.map(fromScriptReply);
  if (reply instanceof Uint8Array) return Buffer.from(reply).toString('latin1');
  return new SimpleString(toBytes(reply.simple));
}

export const scriptCommands: readonly Command[] = [
  { name: 'eval', arity: -3, run: evaluate, forbiddenIn: ['script'] },
  { name: 'evalsha', arity: -3, run: evaluateSha, forbiddenIn: ['script'] },
  { name: 'script', arity: -2, run: script, forbiddenIn: ['script'] },
];
