import { MapReply, type Reply, SetReply } from '../../protocol/reply.js';
import { type AggregatorName, aggregatorName } from '../../series/aggregator-name.js';
import { type LabelPredicate } from '../../series/label-filter.js';
import { type Command, type CommandContext, wrongArity } from '../command.js';
import { parseFilter, parseLabelSelection } from './filter-arguments.js';
import { groupSeries, reduceGroup, type SeriesGroup } from './group-by.js';
import { type LabelSelection, labelsReply } from './labels-reply.js';
import { optionIndex, timeSeriesError } from './options.js';
import { parseRange, type RangeArguments } from './range-arguments.js';
import { lastSampleReply, querySeries, RowBudget } from './range-reply.js';

interface MultiRangeArguments {
  range: RangeArguments;
  labels: LabelSelection;
  filter: LabelPredicate[];
  excludeEmpty: boolean;
  grouping: { label: string; reducer: AggregatorName } | undefined;
}

function multiRange(name: string, reverse: boolean): Command {
  return {
    name,
    arity: -1,
    run: (context, args) => {
      const parsed = parseMultiRange(name, args);
      const found = context.database.findKeys(parsed.filter);
      return parsed.grouping === undefined
        ? seriesReplies(context, found, parsed, reverse)
        : groupReplies(context, found, { ...parsed, grouping: parsed.grouping }, reverse);
    },
  };
}

function parseMultiRange(name: string, args: readonly string[]): MultiRangeArguments {
  if (args.length < 4) throw wrongArity(name);
  const range = parseRange(name, args.slice(1));
  const filterAt = optionIndex(args, 'FILTER');
  if (filterAt < 0) throw timeSeriesError('missing FILTER argument');
  const labels = parseLabelSelection(args);
  const groupAt = optionIndex(args, 'GROUPBY');
  if (groupAt > 0 && groupAt < filterAt) throw timeSeriesError('GROUPBY should always come after filter');
  const expressions = args.slice(filterAt + 1, groupAt > 0 ? groupAt : args.length);
  if (expressions.length === 0) throw timeSeriesError('missing labels for filter argument');
  const filter = parseFilter(expressions);
  const excludeEmptyAt = optionIndex(args, 'EXCLUDEEMPTY');
  const excludeEmpty = excludeEmptyAt > 0 && !(groupAt > 0 && excludeEmptyAt === groupAt + 1);
  if (excludeEmpty && groupAt > 0) throw timeSeriesError('EXCLUDEEMPTY is not allowed with GROUPBY');
  return { range, labels, filter, excludeEmpty, grouping: parseGrouping(name, args, groupAt, range) };
}

function parseGrouping(
  name: string,
  args: readonly string[],
  position: number,
  { aggregation }: RangeArguments,
): MultiRangeArguments['grouping'] {
  if (position <= 0) return undefined;
  const label = args[position + 1];
  const reduceAt = optionIndex(args, 'REDUCE');
  if (label === undefined || reduceAt < 0 || args.length - position !== 4) throw wrongArity(name);
  const reducer = aggregatorName(args[reduceAt + 1] ?? '');
  if (reducer === undefined || reducer === 'first' || reducer === 'last' || reducer === 'twa') {
    throw timeSeriesError('Invalid reducer type');
  }
  if (aggregation !== undefined && aggregation.aggregators.length > 1) {
    throw timeSeriesError('GROUPBY is not allowed when multiple aggregators are specified');
  }
  return { label, reducer };
}

function seriesReplies(
  { database, protocol, server: { swapsFirstAndLast } }: CommandContext,
  found: readonly string[],
  { range, labels, excludeEmpty }: MultiRangeArguments,
  reverse: boolean,
): Reply {
  const options = { reverse, budget: new RowBudget(), swapsFirstAndLast };
  const rows: [string, Reply[]][] = [];
  for (const series of database.eachSeries(found)) {
    const samples = querySeries(database, series, range, options);
    if (excludeEmpty && samples.timestamps.length === 0) continue;
    const shown = labelsReply(series.labels, labels, protocol);
    if (protocol === 2) {
      rows.push([series.key, [shown, samples]]);
      continue;
    }
    const aggregators: Reply[] = [...(range.aggregation?.aggregators ?? [])];
    rows.push([series.key, [shown, new MapReply([['aggregators', aggregators]]), samples]]);
  }
  return keyedReplies(rows, protocol);
}

function groupReplies(
  context: CommandContext,
  found: readonly string[],
  parsed: MultiRangeArguments & { grouping: { label: string; reducer: AggregatorName } },
  reverse: boolean,
): Reply {
  const { protocol } = context;
  const { label, reducer } = parsed.grouping;
  const budget = new RowBudget();
  const rows = groupSeries(context.database.eachSeries(found), label).map((group): [string, Reply[]] => {
    const samples = reduceGroup(context, group, { range: parsed.range, reducer, reverse, budget });
    const labels = labelsReply(groupLabels(group, label, reducer, protocol), parsed.labels, protocol);
    if (protocol === 2) return [`${label}=${group.value}`, [labels, samples]];
    const sources: Reply[] = [...group.keys];
    const reducers: Reply[] = [reducer];
    return [
      `${label}=${group.value}`,
      [labels, new MapReply([['reducers', reducers]]), new MapReply([['sources', sources]]), samples],
    ];
  });
  return keyedReplies(rows, protocol);
}

/** RESP3 tells the reducer and the sources apart from the labels, unless labels are selected by name. */
function groupLabels(
  group: SeriesGroup,
  label: string,
  reducer: string,
  protocol: 2 | 3,
): (readonly [string, string])[] {
  const own = [label, group.value] as const;
  if (protocol === 3) return [own];
  const sources = group.keys.join(',');
  return [own, ['__reducer__', reducer], ['__source__', sources]];
}

/** RESP2: an array of [key, …]; RESP3: a map from key to the rest. */
function keyedReplies(rows: readonly (readonly [string, Reply[]])[], protocol: 2 | 3): Reply {
  return protocol === 3 ? new MapReply(rows) : rows.map(([key, rest]) => [key, ...rest]);
}

const multiGet: Command['run'] = ({ database, protocol }, args) => {
  if (args.length < 3) throw wrongArity('ts.mget');
  const latest = optionIndex(args, 'LATEST') > 0;
  const filterAt = optionIndex(args, 'FILTER');
  if (filterAt < 0) throw wrongArity('ts.mget');
  const labels = parseLabelSelection(args);
  const rows: [string, Reply[]][] = [];
  for (const series of database.eachSeries(database.findKeys(parseFilter(args.slice(filterAt + 1))))) {
    rows.push([
      series.key,
      [labelsReply(series.labels, labels, protocol), lastSampleReply(database, series, latest)],
    ]);
  }
  return keyedReplies(rows, protocol);
};

const queryIndex: Command['run'] = ({ database, protocol }, args) => {
  if (args.length < 2) throw wrongArity('ts.queryindex');
  const keys = database.findKeys(parseFilter(args.slice(1)));
  return protocol === 3 ? new SetReply(keys) : keys;
};

export const multiRangeCommands: readonly Command[] = [
  multiRange('ts.mrange', false),
  multiRange('ts.mrevrange', true),
  { name: 'ts.mget', arity: -1, run: multiGet },
  { name: 'ts.queryindex', arity: -1, run: queryIndex },
];
