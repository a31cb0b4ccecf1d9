import { parseInteger, parseRedisDouble, parseSampleValue } from '../../protocol/parse-number.js';
import { ErrorReply, type Reply } from '../../protocol/reply.js';
import { type DuplicatePolicy } from '../../series/duplicate-policy.js';
import { Series } from '../../series/series.js';
import { addSample } from '../../series/write-samples.js';
import { at, type Command, type CommandContext, wrongArity } from '../command.js';
import { seriesWrongType } from './find-series.js';
import { optionIndex, parseDuplicatePolicy, parseSeriesOptions, timeSeriesError } from './options.js';

function add(context: CommandContext, args: string[]): Reply {
  if (args.length < 4) throw wrongArity('ts.add');
  const { timestamp, value } = parseSample(context, at(args, 2), at(args, 3));
  const object = context.database.get(at(args, 1));
  if (object === undefined) {
    const series = context.database.createSeries(at(args, 1), parseSeriesOptions(args));
    return store(context, series, timestamp, value);
  }
  if (!(object instanceof Series)) throw timeSeriesError('the key is not a TSDB key');
  return store(context, object, timestamp, value, parseDuplicatePolicy(args, 'ON_DUPLICATE'));
}

function addMany(context: CommandContext, args: string[]): Reply {
  if (args.length < 4 || (args.length - 1) % 3 !== 0) throw wrongArity('ts.madd');
  const replies: Reply[] = [];
  for (let index = 1; index < args.length; index += 3) {
    try {
      const { timestamp, value } = parseSample(context, at(args, index + 1), at(args, index + 2));
      const series = context.database.get(at(args, index));
      if (!(series instanceof Series)) throw timeSeriesError('the key is not a TSDB key');
      replies.push(store(context, series, timestamp, value));
    } catch (error) {
      if (!(error instanceof ErrorReply)) throw error;
      replies.push(error);
    }
  }
  return replies;
}

/** Value first, then timestamp, as the server checks them. */
function parseSample(
  { server }: CommandContext,
  timestampText: string,
  valueText: string,
): { timestamp: number; value: number } {
  const value = parseSampleValue(valueText);
  if (value === undefined) throw timeSeriesError('invalid value');
  return { timestamp: timestampText === '*' ? server.now() : parseTimestamp(timestampText), value };
}

/** Timestamps are exact up to 2^53 (year 287396); later ones, which the real server takes, are refused. */
function parseTimestamp(text: string): number {
  const timestamp = parseInteger(text);
  if (timestamp === undefined) throw timeSeriesError('invalid timestamp');
  if (timestamp < 0) throw timeSeriesError('invalid timestamp, must be a nonnegative integer');
  if (!Number.isSafeInteger(timestamp)) throw timeSeriesError('invalid timestamp');
  return timestamp;
}

function store(
  { database }: CommandContext,
  series: Series,
  timestamp: number,
  value: number,
  policy?: DuplicatePolicy,
): Reply {
  switch (addSample(database, series, timestamp, value, policy)) {
    case 'stored':
      return timestamp;
    case 'ignored':
      return series.lastTimestamp;
    case 'older-than-retention':
      throw timeSeriesError('Timestamp is older than retention');
    case 'refused-duplicate':
      throw timeSeriesError(
        'Error at upsert, update is not supported when DUPLICATE_POLICY is set to BLOCK mode, ' +
          'or either current or new value is NaN and DUPLICATE_POLICY is MAX/MIN/SUM',
      );
  }
}

function increment(sign: 1 | -1): Command['run'] {
  return (context, args) => {
    if (args.length < 3) throw wrongArity(sign === 1 ? 'ts.incrby' : 'ts.decrby');
    const { database, server } = context;
    const known = database.get(at(args, 1));
    if (known !== undefined && !(known instanceof Series)) throw seriesWrongType();
    const by = parseRedisDouble(at(args, 2));
    if (by === undefined) throw timeSeriesError('invalid increase/decrease value');
    const position = optionIndex(args, 'TIMESTAMP');
    const text = position < 0 ? '*' : (args[position + 1] ?? '');
    const timestamp = text === '*' ? server.now() : parseTimestampOfIncrement(text);
    const series = known ?? database.createSeries(at(args, 1), parseSeriesOptions(args));
    // The real server takes it for an unsigned number and stores the value at a time that never comes.
    if (timestamp < 0) return timestamp;
    if (timestamp < series.lastTimestamp) {
      throw new ErrorReply('TSDB: timestamp must be equal to or higher than the maximum existing timestamp');
    }
    if (Number.isNaN(series.lastValue)) throw timeSeriesError('cannot increment/decrement NaN value');
    return store(context, series, timestamp, series.lastValue + sign * by, 'last');
  };
}

function parseTimestampOfIncrement(text: string): number {
  const timestamp = parseInteger(text);
  if (timestamp === undefined || !Number.isSafeInteger(timestamp)) {
    throw timeSeriesError('invalid timestamp');
  }
  return timestamp;
}

export const addCommands: readonly Command[] = [
  { name: 'ts.add', arity: -1, run: add, defersCompactions: true },
  { name: 'ts.madd', arity: -1, run: addMany, defersCompactions: true },
  { name: 'ts.incrby', arity: -1, run: increment(1) },
  { name: 'ts.decrby', arity: -1, run: increment(-1) },
];
