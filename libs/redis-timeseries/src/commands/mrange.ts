import { type Reducer, REDUCERS } from '../aggregation.js';
import { type Command } from '../command.js';
import { TimeSeriesError } from '../errors.js';
import { encodeFilters, type Filter } from '../filter.js';
import { encodeLabelSelection, type LabelSelection } from '../label-selection.js';
import { refuseRangeWord } from '../option-words.js';
import { decodeLabels, decodePairs, decodeSeriesEntries } from '../pairs.js';
import { decodeArray, decodeSamples, decodeText, type Sample } from '../sample.js';
import {
  encodeBound,
  encodeRangeFilters,
  encodeRangeShape,
  type RangeBound,
  type RangeOptions,
} from './range.js';

/** Options of {@link tsMRange}. */
export interface MRangeOptions extends RangeOptions {
  labels?: LabelSelection;
  /** One result per value of a label, whose samples at one timestamp are reduced to one. */
  groupBy?: { label: string; reducer: Reducer } | undefined;
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

/** `TS.MRANGE`: samples of each series that meets the filters, oldest first. */
export function tsMRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions = {},
): Command<SeriesRange[]> {
  return rangesOf('TS.MRANGE', from, to, filters, options);
}

/** `TS.MREVRANGE`: samples of each series that meets the filters, newest first. */
export function tsMRevRange(
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions = {},
): Command<SeriesRange[]> {
  return rangesOf('TS.MREVRANGE', from, to, filters, options);
}

function rangesOf(
  name: string,
  from: RangeBound,
  to: RangeBound,
  filters: readonly Filter[],
  options: MRangeOptions,
): Command<SeriesRange[]> {
  const { groupBy } = options;
  return {
    name,
    args: [
      ...[encodeBound(from), encodeBound(to), ...encodeRangeFilters(options)],
      ...[...encodeLabelSelection(options.labels), ...encodeRangeShape(options)],
      ...['FILTER', ...encodeFilters(filters), ...encodeGroupBy(groupBy)],
    ],
    keys: [],
    decode: (reply) =>
      decodeSeriesEntries(reply).map(([key, rest]) => decodeRange(key, rest, groupBy !== undefined)),
  };
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
