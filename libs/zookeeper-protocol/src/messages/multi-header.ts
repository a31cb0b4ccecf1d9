import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';

export const MULTI_HEADER_BYTES = 9;

/** Stands before each part of a multi, and of the reply to it; the last one has no part behind it. */
export interface MultiHeader {
  readonly code: number;
  readonly done: boolean;
  readonly error: number;
}

export const END_OF_MULTI: MultiHeader = { code: -1, done: true, error: -1 };

export function writeMultiHeader(writer: JuteWriter, { code, done, error }: MultiHeader): void {
  writer.int(code).bool(done).int(error);
}

export function readMultiHeader(reader: JuteReader): MultiHeader {
  return { code: reader.int(), done: reader.bool(), error: reader.int() };
}
