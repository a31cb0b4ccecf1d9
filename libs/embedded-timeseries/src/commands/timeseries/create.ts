import { OK, type Reply } from '../../protocol/reply.js';
import { at, type Command, type CommandContext, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { optionIndex, parseSeriesOptions, timeSeriesError } from './options.js';

function create({ database }: CommandContext, args: string[]): Reply {
  if (args.length < 2) throw wrongArity('ts.create');
  const options = parseSeriesOptions(args);
  const key = at(args, 1);
  if (database.get(key) !== undefined) throw timeSeriesError('key already exists');
  database.createSeries(key, options);
  return OK;
}

function alter({ database }: CommandContext, args: string[]): Reply {
  if (args.length < 2) throw wrongArity('ts.alter');
  const parsed = parseSeriesOptions(args);
  const series = requireSeries(database, at(args, 1));
  const options = { ...series.options };
  const given = (name: string): boolean => optionIndex(args, name) > 0;
  if (given('RETENTION')) options.retentionMs = parsed.retentionMs;
  if (given('CHUNK_SIZE')) options.chunkSizeBytes = parsed.chunkSizeBytes;
  if (given('DUPLICATE_POLICY')) options.duplicatePolicy = parsed.duplicatePolicy;
  if (given('LABELS')) options.labels = parsed.labels;
  if (given('IGNORE')) {
    options.ignoreMaxTimeDiffMs = parsed.ignoreMaxTimeDiffMs;
    options.ignoreMaxValueDiff = parsed.ignoreMaxValueDiff;
  }
  database.changeOptions(series, options);
  return OK;
}

export const createCommands: readonly Command[] = [
  { name: 'ts.create', arity: -1, run: create },
  { name: 'ts.alter', arity: -1, run: alter },
];
