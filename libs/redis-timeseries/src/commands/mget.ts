import { type Command } from '../command.js';
import { encodeFilters, type Filter } from '../filter.js';
import { encodeLabelSelection, type LabelSelection } from '../label-selection.js';
import { decodeLabels, decodeSeriesEntries } from '../pairs.js';
import { decodeArray, decodeSample, type Sample } from '../sample.js';

/** Options of {@link tsMGet}. */
export interface MGetOptions {
  /** For compactions: their last, still open bucket where there is one. */
  latest?: boolean | undefined;
  labels?: LabelSelection;
}

/** One series of {@link tsMGet}. */
export interface LatestSample {
  key: string;
  labels: Record<string, string | null>;
  /** Null for a series without samples. */
  sample: Sample | null;
}

/** `TS.MGET`: the newest sample of each series that meets the filters. */
export function tsMGet(filters: readonly Filter[], options: MGetOptions = {}): Command<LatestSample[]> {
  const latest = options.latest === true ? ['LATEST'] : [];
  return {
    name: 'TS.MGET',
    args: [...latest, ...encodeLabelSelection(options.labels), 'FILTER', ...encodeFilters(filters)],
    keys: [],
    decode: (reply) =>
      decodeSeriesEntries(reply).map(([key, [labels, sample]]) => ({
        key,
        labels: decodeLabels(labels),
        sample: decodeArray(sample).length === 0 ? null : decodeSample(sample),
      })),
  };
}
