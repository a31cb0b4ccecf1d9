import { DoubleReply, MapReply, type Reply, SimpleString } from '../../protocol/reply.js';
import { visitSamples, NO_FILTER } from '../../series/sample-query.js';
import { type Series } from '../../series/series.js';
import { at, type Command, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { labelsReply } from './labels-reply.js';

/** Rough size of what is kept per series besides samples. */
const SERIES_BYTES = 512;

/** A timestamp and a value in memory. */
const SAMPLE_BYTES = 16;

const info: Command['run'] = ({ database, protocol }, args) => {
  if (args.length < 2 || args.length > 3) throw wrongArity('ts.info');
  const isDebug = args[2]?.toUpperCase() === 'DEBUG';
  const series = requireSeries(database, at(args, 1));
  const { settings, rules } = series;
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
    ['retentionTime', settings.retentionMs],
    ['chunkCount', series.samples.chunks.length + 1],
    ['chunkSize', settings.chunkSizeBytes],
    ['chunkType', new SimpleString(settings.encoding)],
    ['duplicatePolicy', new SimpleString(settings.duplicatePolicy)],
    ['labels', labelsReply(series.labels, 'all', protocol)],
    ['sourceKey', series.sourceKey ?? null],
    ['rules', protocol === 3 ? new MapReply(ruleReplies) : ruleReplies.map(([key, rest]) => [key, ...rest])],
    ['ignoreMaxTimeDiff', settings.ignoreMaxTimeDiffMs],
    ['ignoreMaxValDiff', new DoubleReply(settings.ignoreMaxValueDiff, true)],
  ];
  if (isDebug) fields.push(['keySelfName', series.key], ['Chunks', chunkReplies(series)]);
  return new MapReply(fields.map(([name, value]) => [new SimpleString(name), value]));
};

/** The sealed chunks and the head, as they are kept here: sizes are those in memory. */
function chunkReplies({ samples }: Series): Reply[] {
  const { head } = samples;
  const all = [
    ...samples.chunks.map(({ firstTimestamp, lastTimestamp, count }) => ({
      first: firstTimestamp,
      last: lastTimestamp,
      count,
      bytes: count * SAMPLE_BYTES,
    })),
    {
      first: head.length > 0 ? head.timestampAt(0) : 0,
      last: head.length > 0 ? head.timestampAt(head.length - 1) : 0,
      count: head.length,
      bytes: head.byteLength,
    },
  ];
  return all.map(
    ({ first, last, count, bytes }) =>
      new MapReply([
        [new SimpleString('startTimestamp'), first],
        [new SimpleString('endTimestamp'), last],
        [new SimpleString('samples'), count],
        [new SimpleString('size'), bytes],
        [new SimpleString('bytesPerSample'), new DoubleReply(count > 0 ? bytes / count : 0, true)],
      ]),
  );
}

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
