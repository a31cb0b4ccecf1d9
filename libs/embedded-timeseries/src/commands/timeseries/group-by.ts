import { SamplesReply } from '../../protocol/reply.js';
import { type AggregatorName } from '../../series/aggregator-name.js';
import { createAggregator } from '../../series/aggregators/create-aggregator.js';
import { type Series } from '../../series/series.js';
import { type CommandContext } from '../command.js';
import { type RangeArguments } from './range-arguments.js';
import { querySeries, type RowBudget } from './range-reply.js';

/** Series with one value of the label that groups them. */
export interface SeriesGroup {
  value: string;
  keys: string[];
}

/** Groups in the order of their values; series without the label belong to none. */
export function groupSeries(found: Iterable<Series>, label: string): SeriesGroup[] {
  const groups = new Map<string, string[]>();
  for (const series of found) {
    const value = series.labels.find(([name]) => name === label)?.[1];
    if (value === undefined) continue;
    const keys = groups.get(value);
    if (keys === undefined) groups.set(value, [series.key]);
    else keys.push(series.key);
  }
  return [...groups].map(([value, keys]) => ({ value, keys })).sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** One series of the group's values at each timestamp that a member has, reduced to one value. */
export function reduceGroup(
  { database }: CommandContext,
  { keys }: SeriesGroup,
  {
    range,
    reducer,
    reverse,
    budget,
  }: { range: RangeArguments; reducer: AggregatorName; reverse: boolean; budget: RowBudget },
): SamplesReply {
  const byTimestamp = new Map<number, number[]>();
  for (const member of database.eachSeries(keys)) {
    const { timestamps, values } = querySeries(
      database,
      member,
      { ...range, count: Infinity },
      { reverse: false, budget },
    );
    for (const [index, timestamp] of timestamps.entries()) {
      const value = values[index] ?? NaN;
      const known = byTimestamp.get(timestamp);
      if (known === undefined) byTimestamp.set(timestamp, [value]);
      else known.push(value);
    }
  }
  const timestamps = [...byTimestamp.keys()].sort((a, b) => (reverse ? b - a : a - b)).slice(0, range.count);
  return new SamplesReply(
    timestamps,
    timestamps.map((timestamp) => reduceValues(byTimestamp.get(timestamp) ?? [], reducer)),
  );
}

/** Counts of nothing are 0; everything else of nothing is NaN, also a sum. */
function reduceValues(values: readonly number[], reducer: AggregatorName): number {
  const aggregator = createAggregator(reducer);
  const accepted = values.filter((value) => aggregator.accepts(value));
  for (const value of accepted) aggregator.add(value, 0);
  if (accepted.length > 0) return aggregator.result();
  return reducer.startsWith('count') ? aggregator.emptyValue() : NaN;
}
