import { type Command } from '../command.js';
import { encodeFilters, type Filter } from '../filter.js';
import { decodeArray, decodeText } from '../sample.js';

/** `TS.QUERYINDEX`: the keys of all series that meet the filters, in no order. On a Cluster of the whole cluster. */
export function tsQueryIndex(filters: readonly Filter[]): Command<string[]> {
  return {
    name: 'TS.QUERYINDEX',
    args: encodeFilters(filters),
    keys: [],
    decode: (reply) => (reply instanceof Set ? [...reply] : decodeArray(reply)).map(decodeText),
  };
}
