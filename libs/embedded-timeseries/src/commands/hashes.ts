import { HashValue } from '../keyspace/hash-value.js';
import { MapReply, OK, type Reply } from '../protocol/reply.js';
import { at, type Command, type CommandContext, wrongArity, wrongType } from './command.js';

function hashAt({ database }: CommandContext, args: string[]): HashValue | undefined {
  const value = database.get(at(args, 1));
  if (value !== undefined && !(value instanceof HashValue)) throw wrongType();
  return value;
}

function setFields(context: CommandContext, args: string[]): number {
  if (args.length % 2 !== 0) throw wrongArity(at(args, 0));
  const hash = hashAt(context, args) ?? context.database.createHash(at(args, 1));
  let added = 0;
  for (let index = 2; index < args.length; index += 2) {
    if (context.database.elements.setField(hash, at(args, index), at(args, index + 1))) added++;
  }
  return added;
}

function setIfAbsent(context: CommandContext, args: string[]): Reply {
  if (hashAt(context, args)?.fields.has(at(args, 2)) === true) return 0;
  return setFields(context, args);
}

function deleteFields(context: CommandContext, args: string[]): Reply {
  const hash = hashAt(context, args);
  if (hash === undefined) return 0;
  return args.slice(2).filter((field) => context.database.elements.deleteField(hash, field)).length;
}

function getMany(context: CommandContext, args: string[]): Reply {
  const hash = hashAt(context, args);
  return args.slice(2).map((field) => hash?.fields.get(field)?.value ?? null);
}

function entries(context: CommandContext, args: string[]): [string, string][] {
  return [...(hashAt(context, args)?.fields ?? [])].map(([field, { value }]) => [field, value]);
}

export const hashCommands: readonly Command[] = [
  { name: 'hset', arity: -4, run: setFields },
  {
    name: 'hmset',
    arity: -4,
    run: (context, args) => {
      setFields(context, args);
      return OK;
    },
  },
  { name: 'hsetnx', arity: 4, run: setIfAbsent },
  {
    name: 'hget',
    arity: 3,
    run: (context, args) => hashAt(context, args)?.fields.get(at(args, 2))?.value ?? null,
  },
  { name: 'hmget', arity: -3, run: getMany },
  { name: 'hgetall', arity: 2, run: (context, args) => new MapReply(entries(context, args)) },
  { name: 'hkeys', arity: 2, run: (context, args) => entries(context, args).map(([field]) => field) },
  { name: 'hvals', arity: 2, run: (context, args) => entries(context, args).map(([, value]) => value) },
  { name: 'hdel', arity: -3, run: deleteFields },
  { name: 'hlen', arity: 2, run: (context, args) => hashAt(context, args)?.fields.size ?? 0 },
  {
    name: 'hexists',
    arity: 3,
    run: (context, args) => (hashAt(context, args)?.fields.has(at(args, 2)) === true ? 1 : 0),
  },
];
