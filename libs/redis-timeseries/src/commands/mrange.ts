import { encodeAggregation, type Reducer, REDUCERS } from '../aggregation.js';
import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import { encodeFilters, type Filter } from '../filter.js';
import { encodeLabelSelection, type LabelSelection } from '../label-selection.js';
import { refuseRangeWord } from '../option-words.js';
import { decodeLabels, decodePairs, decodeSeriesEntries } from '../pairs.js';
import {
  decodeArray,
  decodeRows,
  decodeSamples,
  decodeText,
  type Sample,
  type SampleRow,
} from '../sample.js';
import {
  encodeBound,
  encodeCount,
  encodeRangeFilters,
  hasRows,
  type RangeBound,
  type RangeOptions,
  type RowRangeOptions,
} from './range.js';

interface SeriesSelection {
  labels?: LabelSelection;
  /** Leaves out series without samples in the range; not with `groupBy`. Needs RedisTimeSeries 8.10. */
  excludeEmpty?: boolean | undefined;
}

/** Options of {@link tsMRange}. */
export interface MRangeOptions extends RangeOptions, SeriesSelection {
  /** One result per value of a label, whose samples at one timestamp are reduced to one. */
  groupBy?: { label: string; reducer: Reducer } | undefined;
}

/** Options of {@link tsMRange} where buckets have several values; such series cannot be grouped. */
export interface RowMRangeOptions extends RowRangeOptions, SeriesSelection {
  groupBy?: undefined;
}

/** One series, or one group of series, of {@link tsMRange}. */
export interface SeriesRange {
  /** Key of the series; for a group `<label>=<value>`. */
  key: string;
  labels: Record<string, string | null>;
  samples: Sample[];
  /** For a group: the keys of its series, where the reply names them. */
  sources?: string[];
}

/** One series of {@link tsMRange} with several values of each bucket. */
export interface SeriesRows {
  key: string;
  labels: Record<string, string | null>;
  rows: SampleRow[];
}

/** `TS.MRANGE`: samples of each series that meets the filters, oldest first; with several aggregators rows. */
export function tsMRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: RowMRangeOptions,
): Command<SeriesRows[]>;
export function tsMRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options?: MRangeOptions,
): Command<SeriesRange[]>;
export function tsMRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions | RowMRangeOptions = {},
): Command<SeriesRange[] | SeriesRows[]> {
  return rangesOf('TS.MRANGE', from, to, filters, options);
}

/** `TS.MREVRANGE`: samples of each series that meets the filters, newest first; with several aggregators rows. */
export function tsMRevRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: RowMRangeOptions,
): Command<SeriesRows[]>;
export function tsMRevRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options?: MRangeOptions,
): Command<SeriesRange[]>;
export function tsMRevRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions | RowMRangeOptions = {},
): Command<SeriesRange[] | SeriesRows[]> {
  return rangesOf('TS.MREVRANGE', from, to, filters, options);
}

function rangesOf(
  name: string,
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions | RowMRangeOptions,
): Command<SeriesRange[] | SeriesRows[]> {
  const { groupBy, excludeEmpty, aggregation } = options;
  if (groupBy !== undefined) refuseBesideGroups(options);
  return {
    name,
    args: [
      ...[encodeBound(from), encodeBound(to), ...encodeRangeFilters(options)],
      ...[...encodeLabelSelection(options.labels), ...encodeCount(options)],
      ...[...encodeAggregation(aggregation), ...(excludeEmpty === true ? ['EXCLUDEEMPTY'] : [])],
      ...['FILTER', ...encodeFilters(filters), ...encodeGroupBy(groupBy)],
    ],
    keys: [],
    decode: (reply) => {
      const entries = decodeSeriesEntries(reply);
      if (hasRows(options)) return entries.map(([key, rest]) => decodeSeriesRows(key, rest));
      return entries.map(([key, rest]) => decodeRange(key, rest, groupBy !== undefined));
    },
  };
}

function refuseBesideGroups(options: MRangeOptions | RowMRangeOptions): void {
  if (options.excludeEmpty === true) {
    throw new TimeSeriesError('INVALID_INPUT', 'excludeEmpty cannot be asked for together with groupBy.');
  }
  if (hasRows(options)) {
    throw new TimeSeriesError('INVALID_INPUT', 'Series with several aggregators cannot be grouped.');
  }
}

function decodeSeriesRows(key: string, rest: readonly unknown[]): SeriesRows {
  return { key, labels: decodeLabels(rest[0]), rows: decodeRows(rest.at(-1)) };
}

function encodeGroupBy(groupBy: MRangeOptions['groupBy']): string[] {
  if (groupBy === undefined) return [];
  if (!REDUCERS.includes(groupBy.reducer)) {
    throw new TimeSeriesError(
      'INVALID_INPUT',
      `Reducer ${groupBy.reducer} is none of ${REDUCERS.join(', ')}.`,
    );
  }
  refuseRangeWord(groupBy.label);
  return ['GROUPBY', groupBy.label, 'REDUCE', groupBy.reducer];
}

/**
 * RESP2 has labels and samples, a group's sources in the label `__source__`; RESP3 has labels, one or two maps of
 * details (`aggregators`, or `reducers` and `sources`) and samples.
 */
function decodeRange(key: string, rest: readonly unknown[], grouped: boolean): SeriesRange {
  const range: SeriesRange = { key, labels: decodeLabels(rest[0]), samples: decodeSamples(rest.at(-1)) };
  if (!grouped) return range;
  const details = rest.slice(1, -1).flatMap((map) => decodePairs(map));
  const sources = details.find(([name]) => name === 'sources')?.[1];
  if (sources !== undefined) range.sources = decodeArray(sources).map(decodeText);
  const joined = range.labels.__source__;
  if (typeof joined === 'string') range.sources = joined.split(',');
  return range;
}
