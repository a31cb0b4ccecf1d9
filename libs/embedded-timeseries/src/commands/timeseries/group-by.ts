import { SamplesReply } from '../../protocol/reply.js';
import { type AggregatorName, createAggregator } from '../../series/aggregator.js';
import { type Series } from '../../series/series.js';
import { type CommandContext } from '../command.js';
import { type RangeArguments } from './range-arguments.js';
import { querySeries, type RowBudget } from './range-reply.js';

/** Series with one value of the label that groups them. */
export interface SeriesGroup {
  value: string;
  members: Series[];
}

/** Groups in the order of their values; series without the label belong to none. */
export function groupSeries(found: readonly Series[], label: string): SeriesGroup[] {
  const groups = new Map<string, Series[]>();
  for (const series of found) {
    const value = series.options.labels.find(([name]) => name === label)?.[1];
    if (value === undefined) continue;
    groups.set(value, [...(groups.get(value) ?? []), series]);
  }
  return [...groups]
    .map(([value, members]) => ({ value, members }))
    .sort((a, b) => (a.value < b.value ? -1 : 1));
}

/** One series of the group's values at each timestamp that a member has, reduced to one value. */
export function reduceGroup(
  { database }: CommandContext,
  { members }: SeriesGroup,
  {
    range,
    reducer,
    reverse,
    budget,
  }: { range: RangeArguments; reducer: AggregatorName; reverse: boolean; budget: RowBudget },
): SamplesReply {
  const byTimestamp = new Map<number, number[]>();
  for (const member of members) {
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
