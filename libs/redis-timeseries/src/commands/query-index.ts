import { type Command } from '../command.js';
import { encodeFilters, type Filter } from '../filter.js';
import { decodeTexts } from '../sample.js';

/** `TS.QUERYINDEX`: the keys of all series that meet the filters, in no order. On a Cluster of the whole cluster. */
export function tsQueryIndex(filters: readonly Filter[]): Command<string[]> {
  return {
    name: 'TS.QUERYINDEX',
    args: encodeFilters(filters),
    keys: [],
    decode: decodeTexts,
  };
}
