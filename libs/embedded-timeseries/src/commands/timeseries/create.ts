import { OK, type Reply } from '../../protocol/reply.js';
import { at, type Command, type CommandContext, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { optionIndex, parseSeriesOptions, timeSeriesError } from './options.js';
import { type SeriesOptions } from '../../series/series.js';

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
  const { settings, labels } = series;
  const from = (name: string): SeriesOptions =>
    optionIndex(args, name) > 0 ? parsed : { ...settings, labels };
  database.changeOptions(series, {
    retentionMs: from('RETENTION').retentionMs,
    chunkSizeBytes: from('CHUNK_SIZE').chunkSizeBytes,
    encoding: settings.encoding,
    duplicatePolicy: from('DUPLICATE_POLICY').duplicatePolicy,
    labels: from('LABELS').labels,
    ignoreMaxTimeDiffMs: from('IGNORE').ignoreMaxTimeDiffMs,
    ignoreMaxValueDiff: from('IGNORE').ignoreMaxValueDiff,
  });
  return OK;
}

export const createCommands: readonly Command[] = [
  { name: 'ts.create', arity: -1, run: create },
  { name: 'ts.alter', arity: -1, run: alter },
];
