import { type Command } from '../command.js';
import { decodeInteger } from '../sample.js';
import { encodeBound, type RangeBound } from './range.js';

/** `TS.DEL`: removes the samples of a range, both ends included; resolves to their number. */
export function tsDel(key: string, from: RangeBound, to: RangeBound): Command<number> {
  return {
    name: 'TS.DEL',
    args: [key, encodeBound(from), encodeBound(to)],
    keys: [key],
    decode: decodeInteger,
  };
}
