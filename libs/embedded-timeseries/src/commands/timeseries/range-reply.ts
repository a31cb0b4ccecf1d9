import { type Database } from '../../keyspace/database.js';
import { DoubleReply, ErrorReply, type Reply, SamplesReply } from '../../protocol/reply.js';
import { aggregateSeries } from '../../series/bucket-aggregation.js';
import { latestOfCompaction } from '../../series/compaction.js';
import { visitSamples } from '../../series/sample-query.js';
import { type Series } from '../../series/series.js';
import { type RangeArguments } from './range-arguments.js';

/** Rows that one reply may have, over all its series: bounds the memory that a query can take. */
export const MAX_REPLY_ROWS = 5_000_000;

/** Counts the rows of a reply. @throws ErrorReply beyond the bound. */
export class RowBudget {
  #left = MAX_REPLY_ROWS;

  take(): void {
    if (this.#left-- <= 0) {
      throw new ErrorReply(
        `ERR the reply would have more than ${MAX_REPLY_ROWS} samples; use COUNT or a shorter range`,
      );
    }
  }
}

/** Samples or buckets of one series as columns. */
export function querySeries(
  database: Database,
  series: Series,
  range: RangeArguments,
  reverse: boolean,
  budget = new RowBudget(),
): SamplesReply {
  const timestamps: number[] = [];
  const values: number[] = [];
  const query = {
    from: range.from,
    to: range.to,
    reverse,
    filter: range.filter,
    latest: range.latest ? latestOfCompaction(database, series) : undefined,
  };
  if (range.aggregation === undefined) {
    visitSamples(series, query, (timestamp, value) => {
      budget.take();
      timestamps.push(timestamp);
      values.push(value);
      return timestamps.length < range.count;
    });
    return new SamplesReply(timestamps, values);
  }
  aggregateSeries(series, { ...query, ...range.aggregation }, (timestamp, row) => {
    budget.take();
    timestamps.push(timestamp);
    values.push(...row);
    return timestamps.length < range.count;
  });
  return new SamplesReply(timestamps, values, range.aggregation.aggregators.length);
}

/** The newest sample, with LATEST the open bucket of a compaction; an empty array without one. */
export function lastSampleReply(database: Database, series: Series, latest: boolean): Reply {
  const open = latest ? latestOfCompaction(database, series) : undefined;
  if (open) return [open.timestamp, new DoubleReply(open.value)];
  if (series.totalSamples === 0) return [];
  return [series.lastTimestamp, new DoubleReply(series.lastValue)];
}
