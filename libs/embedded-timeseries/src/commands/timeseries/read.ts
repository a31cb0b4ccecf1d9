import { parseInteger } from '../../protocol/parse-number.js';
import { ErrorReply, type Reply } from '../../protocol/reply.js';
import { NO_FILTER, visitSamples } from '../../series/sample-query.js';
import { Series } from '../../series/series.js';
import { at, BLOCKED, type Command, type CommandContext, wrongArity, wrongType } from '../command.js';
import { timeSeriesError } from './options.js';
import { querySeries } from './range-reply.js';

interface ReadArguments {
  key: string;
  maxCount: number;
  block: { timeoutMs: number; minCount: number } | undefined;
}

/**
 * `TS.READ`: the oldest samples from a cursor on. With BLOCK it waits until there are enough, the time is up, or the key
 * is deleted.
 */
function read(context: CommandContext, args: string[]): Reply | typeof BLOCKED {
  const parsed = parseRead(args);
  const from = resolveCursor(context, parsed.key, at(args, 2));
  const { block } = parsed;
  if (block === undefined) return available(context, parsed, from);
  if (context.origin !== 'client') {
    throw new ErrorReply('ERR TSDB: BLOCK is not allowed in a transaction or script');
  }
  let existed = false;
  const attempt = (): Reply | undefined => {
    const series = seriesAt(context, parsed.key);
    // A key that is deleted meanwhile ends the wait, one that is still to come does not.
    if (series === undefined) return existed ? [] : undefined;
    existed = true;
    return hasSamples(series, from, block.minCount) ? available(context, parsed, from) : undefined;
  };
  const reply = attempt();
  if (reply !== undefined) return reply;
  context.server.block(context.session, block.timeoutMs, answered(attempt), () =>
    answer(() => available(context, parsed, from)),
  );
  return BLOCKED;
}

/** An error, such as a key that is no series any more, is the answer to who waits. */
function answered(attempt: () => Reply | undefined): () => Reply | undefined {
  return () => answer(attempt);
}

function answer<T>(work: () => T): T | ErrorReply {
  try {
    return work();
  } catch (error) {
    if (error instanceof ErrorReply) return error;
    throw error;
  }
}

function parseRead(args: readonly string[]): ReadArguments {
  if (args.length < 3) throw wrongArity('ts.read');
  let maxCount = Infinity;
  let block: ReadArguments['block'];
  for (let index = 3; index < args.length;) {
    const option = at(args, index).toUpperCase();
    if (option === 'BLOCK' && index + 2 < args.length && block === undefined) {
      const timeoutMs = parseInteger(at(args, index + 1));
      if (timeoutMs === undefined || timeoutMs < 0) {
        throw timeSeriesError('timeout must be a non-negative integer');
      }
      block = { timeoutMs, minCount: positive(at(args, index + 2), 'min_count') };
      index += 3;
    } else if (option === 'MAX_COUNT' && index + 1 < args.length && maxCount === Infinity) {
      maxCount = positive(at(args, index + 1), 'max_count');
      index += 2;
    } else throw wrongArity('ts.read');
  }
  if (block !== undefined && block.minCount > maxCount)
    throw timeSeriesError('min_count must be <= max_count');
  return { key: at(args, 1), maxCount, block };
}

function positive(text: string, name: string): number {
  const value = parseInteger(text);
  if (value === undefined || value <= 0) throw timeSeriesError(`${name} must be a positive integer`);
  return value;
}

/** The timestamp that a cursor stands for now; it stays the same while the command waits. */
function resolveCursor(context: CommandContext, key: string, text: string): number {
  if (text === '+' || text === '$') {
    const series = seriesAt(context, key);
    if (series === undefined || series.totalSamples === 0) return 0;
    return text === '+' ? series.lastTimestamp : series.lastTimestamp + 1;
  }
  if (text === '-') return 0;
  const timestamp = parseInteger(text);
  if (timestamp === undefined || timestamp < 0) throw timeSeriesError('invalid timestamp');
  return timestamp;
}

function seriesAt({ database }: CommandContext, key: string): Series | undefined {
  const object = database.get(key);
  if (object !== undefined && !(object instanceof Series)) throw wrongType();
  return object;
}

function available(context: CommandContext, { key, maxCount }: ReadArguments, from: number): Reply {
  const series = seriesAt(context, key);
  if (series === undefined || series.lastTimestamp < from) return [];
  const range = {
    from,
    to: Infinity,
    latest: false,
    count: maxCount,
    filter: NO_FILTER,
    aggregation: undefined,
  };
  return querySeries(context.database, series, range, { reverse: false });
}

function hasSamples(series: Series, from: number, count: number): boolean {
  if (series.lastTimestamp < from) return false;
  let found = 0;
  visitSamples(series, { from, to: Infinity, reverse: false, filter: NO_FILTER }, () => ++found < count);
  return found >= count;
}

export const readCommands: readonly Command[] = [{ name: 'ts.read', arity: -1, run: read }];
