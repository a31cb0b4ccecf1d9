import { DoubleReply, ErrorReply, MapReply, type Reply, SimpleString } from '../../protocol/reply.js';
import { visitSamples, NO_FILTER } from '../../series/sample-query.js';
import { type Series } from '../../series/series.js';
import { at, type Command, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { labelsReply } from './labels-reply.js';

/** Rough size of what is kept per series besides samples. */
const SERIES_BYTES = 512;

const info: Command['run'] = ({ database, protocol }, args) => {
  if (args.length < 2 || args.length > 3) throw wrongArity('ts.info');
  if (args.length === 3 && args[2]?.toUpperCase() === 'DEBUG') {
    throw new ErrorReply('ERR TSDB: DEBUG is not supported');
  }
  const series = requireSeries(database, at(args, 1));
  const { options, rules } = series;
  const { count, first } = validSamples(series);
  const ruleReplies = rules.map(({ targetKey, bucketMs, aggregatorName, alignment }): [string, Reply[]] => [
    targetKey,
    [bucketMs, new SimpleString(aggregatorName.toUpperCase()), alignment],
  ]);
  const fields: [string, Reply][] = [
    ['totalSamples', count],
    ['memoryUsage', SERIES_BYTES + series.samples.head.byteLength],
    ['firstTimestamp', first],
    ['lastTimestamp', series.lastTimestamp],
    ['retentionTime', options.retentionMs],
    ['chunkCount', series.samples.chunks.length + 1],
    ['chunkSize', options.chunkSizeBytes],
    ['chunkType', new SimpleString(options.encoding)],
    ['duplicatePolicy', new SimpleString(options.duplicatePolicy)],
    ['labels', labelsReply(options.labels, 'all', protocol)],
    ['sourceKey', series.sourceKey ?? null],
    ['rules', protocol === 3 ? new MapReply(ruleReplies) : ruleReplies.map(([key, rest]) => [key, ...rest])],
    ['ignoreMaxTimeDiff', options.ignoreMaxTimeDiffMs],
    ['ignoreMaxValDiff', new DoubleReply(options.ignoreMaxValueDiff, true)],
  ];
  return new MapReply(fields.map(([name, value]) => [new SimpleString(name), value]));
};

/** Number and first timestamp of the samples that have not expired. */
function validSamples(series: Series): { count: number; first: number } {
  const from = series.oldestValidTimestamp;
  let first = 0;
  visitSamples(series, { from, to: Infinity, reverse: false, filter: NO_FILTER }, (timestamp) => {
    first = timestamp;
    return false;
  });
  if (from === 0) return { count: series.totalSamples, first };
  let count = 0;
  for (const run of series.samples.runs(from, Infinity)) count += run.to - run.from;
  return { count, first };
}

export const infoCommands: readonly Command[] = [{ name: 'ts.info', arity: -1, run: info }];
