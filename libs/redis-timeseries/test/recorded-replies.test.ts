import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { type Command } from '../src/command.js';
import { TimeSeriesError } from '../src/errors.js';
import {
  send,
  tsAdd,
  tsAlter,
  tsCreate,
  tsCreateRule,
  tsDel,
  tsDeleteRule,
  tsGet,
  tsIncrBy,
  tsMAdd,
  tsMGet,
  tsMRange,
  tsNRange,
  tsQueryIndex,
  tsQueryLabels,
  tsRange,
  tsRead,
} from '../src/index.js';
import { ScriptedServer, type WireReply } from './scripted-server.js';

interface Step {
  cmd: string[];
  reply: WireReply;
}

/** Replies that RedisTimeSeries 8.10.0 gave, by scenario. */
const STEPS = readFileSync(new URL('fixtures/replies.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .flatMap((line) => (JSON.parse(line) as { steps: Step[] }).steps)
  .filter(({ cmd }) => cmd[0]!.startsWith('TS.') && cmd[0] !== 'TS.INFO');

const filters = [{ label: 'x', equals: '1' }];

/** A typed command of the same name; only its reader matters here. */
const READERS: Record<string, Command<unknown>> = {
  'TS.CREATE': tsCreate('k'),
  'TS.ALTER': tsAlter('k', {}),
  'TS.ADD': tsAdd('k', 1, 1),
  'TS.MADD': tsMAdd([{ key: 'k', timestamp: 1, value: 1 }]),
  'TS.INCRBY': tsIncrBy('k', 1),
  'TS.DECRBY': tsIncrBy('k', -1),
  'TS.DEL': tsDel('k', 0, 1),
  'TS.GET': tsGet('k'),
  'TS.MGET': tsMGet(filters),
  'TS.RANGE': tsRange('k', 0, 1),
  'TS.REVRANGE': tsRange('k', 0, 1),
  'TS.MRANGE': tsMRange(0, 1, filters),
  'TS.MREVRANGE': tsMRange(0, 1, filters),
  'TS.CREATERULE': tsCreateRule('a', 'b', { aggregator: 'avg', bucketMs: 1 }),
  'TS.DELETERULE': tsDeleteRule('a', 'b'),
  'TS.QUERYINDEX': tsQueryIndex(filters),
  'TS.NRANGE': tsNRange(['k'], 0, 1),
  'TS.NREVRANGE': tsNRange(['k'], 0, 1),
  'TS.READ': tsRead('k', 'earliest'),
  'TS.QUERYLABELS': tsQueryLabels(),
};

const several = { aggregation: { aggregators: ['avg', 'max'], bucketMs: 1 } } as const;

/** Where a command asks for several aggregators. */
const ROW_READERS: Record<string, Command<unknown>> = {
  'TS.RANGE': tsRange('k', 0, 1, several),
  'TS.REVRANGE': tsRange('k', 0, 1, several),
  'TS.MRANGE': tsMRange(0, 1, filters, several),
  'TS.MREVRANGE': tsMRange(0, 1, filters, several),
};

function readerOf(cmd: readonly string[]): Command<unknown> {
  const aggregators = cmd[cmd.indexOf('AGGREGATION') + 1]!;
  const asksForRows = cmd.includes('AGGREGATION') && aggregators.includes(',');
  const command = (asksForRows ? ROW_READERS[cmd[0]!] : undefined) ?? READERS[cmd[0]!];
  if (command === undefined) throw new Error(`No reader for ${cmd[0]}`);
  return command;
}

/** The leaves of a reply: texts as they are, numbers as numbers. */
function leavesOf(reply: WireReply): unknown[] {
  if (reply === null) return [null];
  if (Array.isArray(reply)) {
    const parts = reply.map(leavesOf);
    return (isLabels(reply) ? parts.sort(byText) : parts).flat();
  }
  if ('int' in reply) return [Number(reply.int)];
  if ('simple' in reply)
    return reply.simple === 'OK' ? [] : [Number(reply.simple.replace(/inf$/, 'Infinity'))];
  if ('bulk' in reply) return [reply.bulk];
  if ('error' in reply) return ['error'];
  throw new Error('Recorded replies are RESP2.');
}

/** Labels become an object, whose order is not that of the reply. */
function isLabels(reply: readonly WireReply[]): boolean {
  return reply.every((pair) => Array.isArray(pair) && pair.length === 2 && isText(pair[0]));
}

function isText(reply: WireReply | undefined): boolean {
  return reply !== null && reply !== undefined && 'bulk' in reply;
}

function byText(a: readonly unknown[], b: readonly unknown[]): number {
  return JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
}

/** The leaves of what a reader made of it, in the same order. */
function leavesOfResult(result: unknown): unknown[] {
  if (result === undefined) return [];
  if (result instanceof TimeSeriesError) return ['error'];
  if (Array.isArray(result)) return (result as unknown[]).flatMap(leavesOfResult);
  if (result !== null && typeof result === 'object') {
    if ('labels' in result) {
      const { key, labels, sample, samples, rows } = result as unknown as Record<string, unknown>;
      return [
        key,
        ...Object.entries(labels as Record<string, unknown>)
          .sort(byText)
          .flat(),
        ...leavesOfResult(rows ?? samples ?? sample ?? []),
      ];
    }
    return Object.values(result as Record<string, unknown>).flatMap(leavesOfResult);
  }
  return [result];
}

test('every recorded reply is read completely and every recorded error has a code', async () => {
  await using server = await ScriptedServer.start();
  const redis = new Redis({ port: server.port, host: '127.0.0.1', protocol: 2, enableReadyCheck: false });
  try {
    const seen = new Set<string>();
    for (const { cmd, reply } of STEPS) {
      const command = readerOf(cmd);
      server.willAnswer(reply);
      const result = await send(redis, command).catch((error: unknown) => error);
      seen.add(cmd[0]!);
      if (reply !== null && 'error' in reply) {
        expect(result).toBeInstanceOf(TimeSeriesError);
        expect({ text: reply.error, code: (result as TimeSeriesError).code }).not.toMatchObject({
          code: expect.stringMatching(/^(SERVER_ERROR|UNEXPECTED_REPLY)$/) as unknown,
        });
      } else if (cmd[0] === 'TS.GET' && Array.isArray(reply) && reply.length === 0) {
        expect(result).toBeNull();
      } else {
        expect({ cmd, leaves: leavesOfResult(result) }).toEqual({ cmd, leaves: leavesOf(reply) });
      }
    }
    expect(seen).toEqual(new Set(Object.keys(READERS)));
  } finally {
    redis.disconnect();
  }
});
