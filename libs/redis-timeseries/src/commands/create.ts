import { type Command } from '../command.js';
import { decodeText, unexpectedReply } from '../sample.js';
import { type AlterOptions, encodeSeriesOptions, type SeriesOptions } from '../series-options.js';

/** `TS.CREATE`: a new series; fails with `KEY_EXISTS`. */
export function tsCreate(key: string, options: SeriesOptions = {}): Command<void> {
  return { name: 'TS.CREATE', args: encodeSeriesOptions(options, [key]), keys: [key], decode: decodeOk };
}

/** `TS.ALTER`: other settings of a series; what is not given stays. */
export function tsAlter(key: string, options: AlterOptions): Command<void> {
  return { name: 'TS.ALTER', args: encodeSeriesOptions(options, [key]), keys: [key], decode: decodeOk };
}

/** Reads `OK`. */
export function decodeOk(reply: unknown): void {
  if (decodeText(reply) !== 'OK') throw unexpectedReply('OK', reply);
}
