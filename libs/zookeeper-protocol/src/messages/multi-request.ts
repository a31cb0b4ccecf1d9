import { OPERATION_CODES, operationName } from '../codes/operations.js';
import { ProtocolError } from '../errors.js';
import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';
import { type Acl, readAcls, writeAcls } from '../records/acl.js';
import { type Codec } from './codec.js';
import { END_OF_MULTI, MULTI_HEADER_BYTES, readMultiHeader, writeMultiHeader } from './multi-header.js';

/** What a part of a multi creates. */
export interface MultiCreate {
  readonly operation: 'create' | 'create2' | 'createContainer' | 'createTtl';
  readonly path: string;
  readonly data: Uint8Array | null;
  readonly acl: readonly Acl[];
  readonly flags: number;
  /** Of `createTtl`. */
  readonly ttlMs?: number;
}

/** One part of a multi (all applied, or none) or of a multi-read (each answered by itself). */
export type MultiPart =
  | MultiCreate
  | { readonly operation: 'delete' | 'check'; readonly path: string; readonly version: number }
  | {
      readonly operation: 'setData';
      readonly path: string;
      readonly data: Uint8Array | null;
      readonly version: number;
    }
  | { readonly operation: 'getData' | 'getChildren'; readonly path: string; readonly watch: boolean };

/** Written by hand, not by records: a multi has thousands of parts. */
export const multiRequest: Codec<readonly MultiPart[]> = {
  write(writer, parts) {
    for (const part of parts) writePart(writer, part);
    writeMultiHeader(writer, END_OF_MULTI);
  },
  read(reader) {
    const parts: MultiPart[] = [];
    for (;;) {
      const { code, done } = readMultiHeader(reader);
      if (done) return parts;
      parts.push(readPart(reader, code));
    }
  },
};

function writePart(writer: JuteWriter, part: MultiPart): void {
  writeMultiHeader(writer, { code: OPERATION_CODES[part.operation], done: false, error: -1 });
  writer.string(part.path);
  switch (part.operation) {
    case 'getData':
    case 'getChildren':
      writer.bool(part.watch);
      break;
    case 'delete':
    case 'check':
      writer.int(part.version);
      break;
    case 'setData':
      writer.buffer(part.data).int(part.version);
      break;
    default:
      writer.buffer(part.data);
      writeAcls(writer, part.acl);
      writer.int(part.flags);
      if (part.operation === 'createTtl') writer.millis(part.ttlMs ?? 0);
  }
}

function readPart(reader: JuteReader, code: number): MultiPart {
  const operation = operationName(code);
  switch (operation) {
    case 'getData':
    case 'getChildren':
      return { operation, path: reader.text(), watch: reader.bool() };
    case 'delete':
    case 'check':
      return { operation, path: reader.text(), version: reader.int() };
    case 'setData':
      return { operation, path: reader.text(), data: reader.buffer(), version: reader.int() };
    case 'create':
    case 'create2':
    case 'createContainer':
      return { operation, ...readCreate(reader) };
    case 'createTtl':
      return { operation, ...readCreate(reader), ttlMs: reader.millis() };
    default:
      throw new ProtocolError(
        'MALFORMED',
        `A multi has a part of type ${code} at byte ${reader.offset - MULTI_HEADER_BYTES}`,
      );
  }
}

function readCreate(reader: JuteReader): Omit<MultiCreate, 'operation' | 'ttlMs'> {
  return { path: reader.text(), data: reader.buffer(), acl: readAcls(reader), flags: reader.int() };
}
