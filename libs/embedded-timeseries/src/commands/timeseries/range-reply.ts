import { type Database } from '../../keyspace/database.js';
import { DoubleReply, ErrorReply, type Reply, SamplesReply } from '../../protocol/reply.js';
import { aggregateSeries } from '../../series/bucket-aggregation.js';
import { latestOfCompaction } from '../../series/compaction.js';
import { type AggregatorName } from '../../series/aggregator-name.js';
import { isWhole, joinRuns, runsOf, type SampleQuery, visitSamples } from '../../series/sample-query.js';
import { type Series } from '../../series/series.js';
import { type RangeArguments } from './range-arguments.js';

/** Rows that one reply may have, over all its series: bounds the memory that a query can take. */
export const MAX_REPLY_ROWS = 5_000_000;

/** Counts the rows of a reply. @throws ErrorReply beyond the bound. */
export class RowBudget {
  #left = MAX_REPLY_ROWS;

  take(rows = 1): void {
    this.#left -= rows;
    if (this.#left < 0) {
      throw new ErrorReply(
        `ERR the reply would have more than ${MAX_REPLY_ROWS} samples; use COUNT or a shorter range`,
      );
    }
  }
}

export interface QueryOptions {
  reverse: boolean;
  /** Shared by the series of one reply. */
  budget?: RowBudget;
  /** As modules before 8.10 do where they go backwards: `first` is the newest value and `last` the oldest. */
  swapsFirstAndLast?: boolean;
}

/** Samples or buckets of one series as columns. */
export function querySeries(
  database: Database,
  series: Series,
  range: RangeArguments,
  { reverse, budget = new RowBudget(), swapsFirstAndLast = false }: QueryOptions,
): SamplesReply {
  const query = {
    from: range.from,
    to: range.to,
    reverse,
    filter: range.filter,
    latest: range.latest ? latestOfCompaction(database, series) : undefined,
  };
  if (range.aggregation === undefined && isWhole(query)) {
    const runs = runsOf(series, query, range.count, (rows) => {
      budget.take(rows);
    });
    return new SamplesReply(...joinRuns(runs, reverse));
  }
  const timestamps: number[] = [];
  const values: number[] = [];
  if (range.aggregation === undefined) {
    visitSamples(series, query, (timestamp, value) => {
      budget.take();
      timestamps.push(timestamp);
      values.push(value);
      return timestamps.length < range.count;
    });
    return new SamplesReply(timestamps, values);
  }
  const { aggregation } = range;
  const aggregators =
    reverse && swapsFirstAndLast ? aggregation.aggregators.map(swapped) : aggregation.aggregators;
  if (hidesBuckets(series, query, range)) return new SamplesReply([], [], aggregators.length);
  aggregateSeries(series, { ...query, ...aggregation, aggregators }, (timestamp, row) => {
    budget.take();
    timestamps.push(timestamp);
    values.push(...row);
    return timestamps.length < range.count;
  });
  return new SamplesReply(timestamps, values, aggregators.length);
}

function swapped(name: AggregatorName): AggregatorName {
  if (name === 'first') return 'last';
  return name === 'last' ? 'first' : name;
}

/**
 * The real server looks for the open bucket first when it goes backwards with LATEST. Where the range has none, it takes
 * that for the end of the samples, unless it also reports empty buckets.
 */
function hidesBuckets(
  series: Series,
  { to, reverse, latest }: SampleQuery,
  { latest: asksLatest, aggregation }: RangeArguments,
): boolean {
  if (!reverse || !asksLatest || aggregation?.empty !== false) return false;
  if (series.sourceKey === undefined || to <= series.lastTimestamp) return false;
  return latest === undefined || latest.timestamp > to;
}

/** The newest sample, with LATEST the open bucket of a compaction; an empty array without one. */
export function lastSampleReply(database: Database, series: Series, latest: boolean): Reply {
  const open = latest ? latestOfCompaction(database, series) : undefined;
  if (open) return [open.timestamp, new DoubleReply(open.value)];
  if (series.totalSamples === 0) return [];
  return [series.lastTimestamp, new DoubleReply(series.lastValue)];
}
