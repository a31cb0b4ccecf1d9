import { type BucketTimestamp } from '../../series/aggregation-query.js';
import { AGGREGATOR_NAMES, aggregatorName, type AggregatorName } from '../../series/aggregator-name.js';
import { type SampleFilter } from '../../series/sample-query.js';
import { parseInteger, parseRedisDouble } from '../../protocol/parse-number.js';
import { at, wrongArity } from '../command.js';
import { optionIndex, timeSeriesError } from './options.js';

/** What a range command asks of each series. */
export interface RangeArguments {
  from: number;
  to: number;
  latest: boolean;
  count: number;
  filter: SampleFilter;
  aggregation: AggregationArguments | undefined;
}

export interface AggregationArguments {
  aggregators: readonly AggregatorName[];
  bucketMs: number;
  alignment: number;
  empty: boolean;
  bucketTimestamp: BucketTimestamp;
}

const MAX_TIMESTAMP = Number(2n ** 63n - 1n);
const MAX_FILTER_TIMESTAMPS = 128;

/** Parses everything from the two timestamps on; `options` starts with them. */
export function parseRange(commandName: string, options: readonly string[]): RangeArguments {
  const from = options[0] === '-' ? 0 : nonNegative(options[0] ?? '');
  if (from === undefined) throw timeSeriesError('wrong fromTimestamp');
  const to = options[1] === '+' ? MAX_TIMESTAMP : nonNegative(options[1] ?? '');
  if (to === undefined) throw timeSeriesError('wrong toTimestamp');
  const latest = optionIndex(options, 'LATEST') > 0;
  const count = parseCount(options);
  const aggregation = parseAggregation(commandName, options);
  const alignment = parseAlignment(commandName, options, { from, to, aggregated: aggregation !== undefined });
  const values = parseValueFilter(options);
  const timestamps = parseTimestampFilter(options);
  const filter = { values, timestamps };
  return { from, to, latest, count, filter, aggregation: aggregation && { ...aggregation, alignment } };
}

function nonNegative(text: string): number | undefined {
  const value = parseInteger(text);
  return value === undefined || value < 0 ? undefined : value;
}

/** COUNT, unless it is the name of an aggregator or reducer. */
function parseCount(options: readonly string[]): number {
  let position = optionIndex(options, 'COUNT');
  for (const option of ['AGGREGATION', 'REDUCE']) {
    const owner = optionIndex(options, option);
    if (owner > 0 && position === owner + 1) position = optionIndex(options, 'COUNT', owner + 2);
  }
  if (position <= 0) return Infinity;
  const text = options[position + 1];
  if (text === undefined) throw timeSeriesError('COUNT argument is missing');
  const count = parseInteger(text);
  if (count === undefined) throw timeSeriesError("Couldn't parse COUNT");
  if (count < 1) throw timeSeriesError('Invalid COUNT value');
  return count;
}

function parseAggregation(
  commandName: string,
  options: readonly string[],
): Omit<AggregationArguments, 'alignment'> | undefined {
  const position = optionIndex(options, 'AGGREGATION');
  if (position <= 0) return undefined;
  const { aggregators, bucketMs } = parseAggregatorAndBucket(options, position);
  const empty = optionIndex(options, 'EMPTY');
  if (empty > 0 && empty !== position + 3 && empty !== position + 5) {
    throw timeSeriesError('EMPTY flag should be the 3rd or 5th flag after AGGREGATION flag');
  }
  const bucketTimestamp = parseBucketTimestamp(commandName, options, position);
  return { aggregators, bucketMs, empty: empty > 0, bucketTimestamp };
}

/** The aggregators and the duration behind AGGREGATION, also of a compaction rule. */
export function parseAggregatorAndBucket(
  args: readonly string[],
  position: number,
): { aggregators: AggregatorName[]; bucketMs: number } {
  const spec = args[position + 1];
  const bucketMs = parseInteger(args[position + 2] ?? '');
  if (spec === undefined || bucketMs === undefined) throw timeSeriesError("Couldn't parse AGGREGATION");
  const aggregators = parseAggregators(spec);
  if (bucketMs <= 0) throw timeSeriesError('bucketDuration must be greater than zero');
  return { aggregators, bucketMs };
}

/** Names of aggregators, separated by commas. */
export function parseAggregators(spec: string): AggregatorName[] {
  return spec.split(',').map((text, index) => {
    if (text === '') throw timeSeriesError('Empty aggregation type in list');
    if (index > AGGREGATOR_NAMES.length) throw timeSeriesError('Too many aggregation types');
    const name = aggregatorName(text);
    if (name === undefined) throw timeSeriesError('Unknown aggregation type');
    return name;
  });
}

function parseBucketTimestamp(
  commandName: string,
  options: readonly string[],
  aggregation: number,
): BucketTimestamp {
  const position = optionIndex(options, 'BUCKETTIMESTAMP');
  if (position <= 0) return 'start';
  if (position !== aggregation + 3 && position !== aggregation + 4) {
    throw timeSeriesError('BUCKETTIMESTAMP flag should be the 3rd or 4th flag after AGGREGATION flag');
  }
  switch (options[position + 1]?.toLowerCase()) {
    case undefined:
      throw wrongArity(commandName);
    case 'start':
    case '-':
      return 'start';
    case 'end':
    case '+':
      return 'end';
    case 'mid':
    case '~':
      return 'mid';
    default:
      throw timeSeriesError('unknown BUCKETTIMESTAMP parameter');
  }
}

function parseAlignment(
  commandName: string,
  options: readonly string[],
  { from, to, aggregated }: { from: number; to: number; aggregated: boolean },
): number {
  const position = optionIndex(options, 'ALIGN');
  if (position <= 0) return 0;
  const text = options[position + 1]?.toLowerCase();
  if (text === undefined) throw wrongArity(commandName);
  const atStart = text === 'start' || text === '-';
  const atEnd = text === 'end' || text === '+';
  const timestamp = nonNegative(text);
  if (!atStart && !atEnd && timestamp === undefined) throw timeSeriesError('unknown ALIGN parameter');
  if (!aggregated) throw timeSeriesError('ALIGN parameter can only be used with AGGREGATION');
  if (atStart && options[0] === '-') {
    throw timeSeriesError('start alignment can only be used with explicit start timestamp');
  }
  if (atEnd && options[1] === '+') {
    throw timeSeriesError('end alignment can only be used with explicit end timestamp');
  }
  return atStart ? from : atEnd ? to : (timestamp ?? 0);
}

function parseValueFilter(options: readonly string[]): SampleFilter['values'] {
  const position = optionIndex(options, 'FILTER_BY_VALUE');
  if (position <= 0) return undefined;
  if (position + 2 >= options.length)
    throw timeSeriesError('FILTER_BY_VALUE one or more arguments are missing');
  const min = parseRedisDouble(at(options, position + 1));
  if (min === undefined) throw timeSeriesError("Couldn't parse MIN");
  const max = parseRedisDouble(at(options, position + 2));
  if (max === undefined) throw timeSeriesError("Couldn't parse MAX");
  return { min, max };
}

function parseTimestampFilter(options: readonly string[]): SampleFilter['timestamps'] {
  const position = optionIndex(options, 'FILTER_BY_TS');
  if (position <= 0) return undefined;
  const timestamps: number[] = [];
  for (const text of options.slice(position + 1, position + 1 + MAX_FILTER_TIMESTAMPS)) {
    const timestamp = nonNegative(text);
    if (timestamp === undefined) break;
    timestamps.push(timestamp);
  }
  if (timestamps.length === 0) throw timeSeriesError('FILTER_BY_TS one or more arguments are missing');
  return timestamps;
}
