import { type Command } from '../command.js';
import { decodeArray, decodeSample, type Sample } from '../sample.js';

/** Options of {@link tsGet}. */
export interface GetOptions {
  /** For a compaction: its last, still open bucket where there is one. */
  latest?: boolean | undefined;
}

/** `TS.GET`: the newest sample of a series, null where it has none. */
export function tsGet(key: string, options: GetOptions = {}): Command<Sample | null> {
  return {
    name: 'TS.GET',
    args: options.latest === true ? [key, 'LATEST'] : [key],
    keys: [key],
    decode: (reply) => (decodeArray(reply).length === 0 ? null : decodeSample(reply)),
  };
}
