import { parseInteger } from '../../protocol/parse-number.js';
import { OK, type Reply } from '../../protocol/reply.js';
import { CompactionRule } from '../../series/compaction-rule.js';
import { at, type Command, type CommandContext, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { optionIndex, timeSeriesError } from './options.js';
import { parseAggregatorAndBucket } from './range-arguments.js';

function createRule({ database }: CommandContext, args: string[]): Reply {
  if (args.length !== 6 && args.length !== 7) throw wrongArity('ts.createrule');
  const { aggregators, bucketMs, alignment } = parseRule(args);
  const [aggregator] = aggregators;
  if (aggregator === undefined || aggregators.length > 1) {
    throw timeSeriesError('CREATERULE requires exactly one aggregation type');
  }
  const [sourceKey, targetKey] = [at(args, 1), at(args, 2)];
  if (sourceKey === targetKey) {
    throw timeSeriesError('the source key and destination key should be different');
  }
  const source = requireSeries(database, sourceKey);
  if (source.sourceKey !== undefined) throw timeSeriesError('the source key already has a source rule');
  const target = requireSeries(database, targetKey);
  if (target.rules.length > 0) throw timeSeriesError('the destination key already has a dst rule');
  if (target.sourceKey !== undefined) throw timeSeriesError('the destination key already has a src rule');
  // The keys' own texts: those of the command would be one more copy for each rule.
  target.sourceKey = source.key;
  source.addRule(new CompactionRule(target.key, aggregator, bucketMs, alignment));
  database.redefined(source);
  database.redefined(target);
  return OK;
}

function parseRule(args: readonly string[]) {
  const position = optionIndex(args, 'AGGREGATION');
  if (position <= 0) throw wrongArity('ts.createrule');
  const parsed = parseAggregatorAndBucket(args, position);
  if (args.length < 7) return { ...parsed, alignment: 0 };
  const alignment = parseInteger(args[position + 3] ?? '');
  if (alignment === undefined || alignment < 0) throw timeSeriesError("Couldn't parse alignTimestamp");
  return { ...parsed, alignment };
}

function deleteRule({ database }: CommandContext, args: string[]): Reply {
  if (args.length !== 3) throw wrongArity('ts.deleterule');
  const source = requireSeries(database, at(args, 1));
  const rule = source.rules.find(({ targetKey }) => targetKey === args[2]);
  if (rule === undefined) throw timeSeriesError('compaction rule does not exist');
  const target = requireSeries(database, rule.targetKey);
  source.removeRule(rule.targetKey);
  target.sourceKey = undefined;
  database.redefined(source);
  database.redefined(target);
  return OK;
}

export const ruleCommands: readonly Command[] = [
  { name: 'ts.createrule', arity: -1, run: createRule },
  { name: 'ts.deleterule', arity: -1, run: deleteRule },
];
