import { parseInteger } from '../../protocol/parse-number.js';
import { SamplesReply } from '../../protocol/reply.js';
import { type AggregatorName } from '../../series/aggregator-name.js';
import { at, type Command, wrongArity } from '../command.js';
import { requireSeries } from './find-series.js';
import { optionIndex, timeSeriesError } from './options.js';
import { parseAggregators, parseRange, type RangeArguments } from './range-arguments.js';
import { querySeries, RowBudget } from './range-reply.js';

/** `TS.NRANGE`, `TS.NREVRANGE`: the samples of named series side by side, one row per timestamp. */
function multiKeyRange(name: string, reverse: boolean): Command {
  return {
    name,
    arity: -1,
    run: ({ database, server }, args) => {
      if (args.length < 5) throw wrongArity(name);
      const keyCount = parseInteger(at(args, 1));
      if (keyCount === undefined || keyCount <= 0) {
        throw timeSeriesError('numkeys must be a positive integer');
      }
      if (keyCount > args.length - 4) throw wrongArity(name);
      const { range, aggregators } = parseKeyRange(name, args.slice(2 + keyCount), keyCount);
      const found = args.slice(2, 2 + keyCount).map((key) => requireSeries(database, key));
      const options = { reverse, budget: new RowBudget(), swapsFirstAndLast: server.swapsFirstAndLast };
      const columns = found.map((series, index) =>
        querySeries(database, series, withAggregators(range, aggregators[index]), options),
      );
      return joinByTimestamp(columns, range.count, reverse);
    },
  };
}

/** What is asked of all keys, and the aggregators, of which there is one argument for each key. */
function parseKeyRange(
  name: string,
  options: string[],
  keyCount: number,
): { range: RangeArguments; aggregators: AggregatorName[][] } {
  const position = optionIndex(options, 'AGGREGATION');
  if (position < 0) return { range: parseRange(name, options), aggregators: [] };
  const first = position + 1;
  const aggregators = Array.from({ length: keyCount }, (_unused, index) =>
    aggregatorsOfKey(options[first + index]),
  );
  if (isAggregators(options[first + keyCount])) throw unequalAggregators();
  // As if there were one argument: the place of further options is counted from AGGREGATION on.
  const rest = [...options.slice(0, first + 1), ...options.slice(first + keyCount)];
  return { range: parseRange(name, rest), aggregators };
}

function withAggregators(range: RangeArguments, aggregators: AggregatorName[] | undefined): RangeArguments {
  const { aggregation } = range;
  if (aggregation === undefined || aggregators === undefined) return range;
  return { ...range, aggregation: { ...aggregation, aggregators } };
}

function aggregatorsOfKey(text: string | undefined): AggregatorName[] {
  // A number is the duration of the buckets, which comes too early.
  if (text === undefined || parseInteger(text) !== undefined) throw unequalAggregators();
  return parseAggregators(text);
}

function isAggregators(text: string | undefined): boolean {
  if (text === undefined) return false;
  try {
    return parseAggregators(text).length > 0;
  } catch {
    return false;
  }
}

function unequalAggregators(): Error {
  return timeSeriesError('the number of aggregators must be equal to numkeys');
}

/** Outer join: a series without a sample at a timestamp has NaN for each of its values. */
function joinByTimestamp(columns: readonly SamplesReply[], count: number, reverse: boolean): SamplesReply {
  const positions = columns.map(() => 0);
  const timestamps: number[] = [];
  const values: number[] = [];
  while (timestamps.length < count) {
    let next: number | undefined;
    for (const [index, column] of columns.entries()) {
      const timestamp = column.timestamps[positions[index] ?? 0];
      if (timestamp === undefined) continue;
      if (next === undefined || (reverse ? timestamp > next : timestamp < next)) next = timestamp;
    }
    if (next === undefined) break;
    timestamps.push(next);
    for (const [index, column] of columns.entries()) {
      const position = positions[index] ?? 0;
      const isHere = column.timestamps[position] === next;
      for (let value = 0; value < column.valuesPerSample; value++) {
        values.push(isHere ? (column.values[position * column.valuesPerSample + value] ?? NaN) : NaN);
      }
      if (isHere) positions[index] = position + 1;
    }
  }
  const valuesPerSample = columns.reduce((sum, column) => sum + column.valuesPerSample, 0);
  return new SamplesReply(timestamps, values, valuesPerSample, true);
}

export const multiKeyRangeCommands: readonly Command[] = [
  multiKeyRange('ts.nrange', false),
  multiKeyRange('ts.nrevrange', true),
];
