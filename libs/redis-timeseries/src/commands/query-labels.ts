import { type Command } from '../command.js';
import { encodeFilters, type Filter } from '../filter.js';
import { decodeTexts } from '../sample.js';

/**
 * `TS.QUERYLABELS LABELS`: the names of the labels of all series, or of those that meet the filters. On a Cluster of the
 * whole cluster. Needs RedisTimeSeries 8.10.
 */
export function tsQueryLabels(filters: readonly Filter[] = []): Command<string[]> {
  return labelsOf(['LABELS'], filters);
}

/** `TS.QUERYLABELS VALUES`: the values of a label, of all series or of those that meet the filters. As {@link tsQueryLabels}. */
export function tsQueryLabelValues(label: string, filters: readonly Filter[] = []): Command<string[]> {
  return labelsOf(['VALUES', label], filters);
}

function labelsOf(target: readonly string[], filters: readonly Filter[]): Command<string[]> {
  const filter = filters.length === 0 ? [] : ['FILTER', ...encodeFilters(filters)];
  return { name: 'TS.QUERYLABELS', args: [...target, ...filter], keys: [], decode: decodeTexts };
}
