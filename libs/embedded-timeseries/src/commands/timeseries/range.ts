import { type Reply } from '../../protocol/reply.js';
import { deleteSamples } from '../../series/write-samples.js';
import { clampedBucketStart } from '../../series/bucket.js';
import { type Series } from '../../series/series.js';
import { at, type Command, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { optionIndex, timeSeriesError } from './options.js';
import { parseRange } from './range-arguments.js';
import { lastSampleReply, querySeries } from './range-reply.js';

function range(name: string, reverse: boolean): Command {
  return {
    name,
    arity: -1,
    run: ({ database, server: { swapsFirstAndLast } }, args) => {
      if (args.length < 4) throw wrongArity(name);
      const series = requireSeries(database, at(args, 1));
      return querySeries(database, series, parseRange(name, args.slice(2)), {
        reverse,
        swapsFirstAndLast,
      });
    },
  };
}

const get: Command['run'] = ({ database }, args): Reply => {
  if (args.length < 2 || args.length > 3) throw wrongArity('ts.get');
  const series = requireSeries(database, at(args, 1));
  const latest = optionIndex(args, 'LATEST') > 0;
  if (args.length === 3 && !latest) throw timeSeriesError('wrong 3rd argument');
  return lastSampleReply(database, series, latest && args.length === 3);
};

const del: Command['run'] = ({ database }, args): Reply => {
  if (args.length !== 4) throw wrongArity('ts.del');
  const { from, to } = parseRange('ts.del', args.slice(2));
  const series = requireSeries(database, at(args, 1));
  if (reachesExpiredBuckets(series, from)) {
    throw timeSeriesError(
      'When a series has compactions, deleting samples or compaction ' +
        'buckets beyond the series retention period is not possible',
    );
  }
  return deleteSamples(database, series, from, to);
};

/** Buckets whose raw samples may have expired cannot be computed anew. */
function reachesExpiredBuckets(series: Series, from: number): boolean {
  const oldest = series.oldestValidTimestamp;
  if (series.rules.length === 0 || oldest === 0) return false;
  return (
    from < oldest ||
    series.rules.some(({ bucketMs, alignment }) => clampedBucketStart(from, bucketMs, alignment) < oldest)
  );
}

export const rangeCommands: readonly Command[] = [
  range('ts.range', false),
  range('ts.revrange', true),
  { name: 'ts.get', arity: -1, run: get },
  { name: 'ts.del', arity: -1, run: del },
];
