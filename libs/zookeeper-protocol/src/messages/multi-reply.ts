import { OPERATION_CODES, operationName } from '../codes/operations.js';
import { ProtocolError } from '../errors.js';
import { type JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';
import { type NodeValue, readNodeValue, writeNodeValue } from '../records/node-value.js';
import { readStat, type Stat, writeStat } from '../records/stat.js';
import { type Codec } from './codec.js';
import { END_OF_MULTI, readMultiHeader, writeMultiHeader } from './multi-header.js';

/** The answer to one part of a multi or multi-read. */
export type MultiPartReply =
  /** A part that failed; in a multi also those that were not tried because of another. */
  | { readonly operation: 'error'; readonly error: number }
  | { readonly operation: 'create'; readonly path: string }
  | {
      readonly operation: 'create2' | 'createContainer' | 'createTtl';
      readonly path: string;
      readonly stat: Stat;
    }
  | { readonly operation: 'delete' | 'check' }
  | { readonly operation: 'setData'; readonly stat: Stat }
  | { readonly operation: 'getData'; readonly value: NodeValue }
  | { readonly operation: 'getChildren'; readonly names: readonly string[] };

/** What precedes the body of a part that failed. */
const ERROR = -1;

export const multiReply: Codec<readonly MultiPartReply[]> = {
  write(writer, parts) {
    for (const part of parts) writePart(writer, part);
    writeMultiHeader(writer, END_OF_MULTI);
  },
  read(reader) {
    const parts: MultiPartReply[] = [];
    for (;;) {
      const { code, done } = readMultiHeader(reader);
      if (done) return parts;
      parts.push(readPart(reader, code));
    }
  },
};

/**
 * The answer to a multi-read of nothing but data: of each znode the value, or what `failed` makes of the result code of
 * its read.
 */
export function readValues<E>(
  reader: JuteReader,
  failed: (code: number, index: number) => E,
): (NodeValue | E)[] {
  const values: (NodeValue | E)[] = [];
  for (;;) {
    const { code, done } = readMultiHeader(reader);
    if (done) return values;
    if (code === OPERATION_CODES.getData) values.push(readNodeValue(reader));
    else if (code === ERROR) values.push(failed(reader.int(), values.length));
    else throw new ProtocolError('MALFORMED', `A reply to reads of data has a part of type ${code}`);
  }
}

function writePart(writer: JuteWriter, part: MultiPartReply): void {
  if (part.operation === 'error') {
    writeMultiHeader(writer, { code: ERROR, done: false, error: part.error });
    writer.int(part.error);
    return;
  }
  writeMultiHeader(writer, { code: OPERATION_CODES[part.operation], done: false, error: 0 });
  switch (part.operation) {
    case 'create':
      writer.string(part.path);
      break;
    case 'create2':
    case 'createContainer':
    case 'createTtl':
      writer.string(part.path);
      writeStat(writer, part.stat);
      break;
    case 'setData':
      writeStat(writer, part.stat);
      break;
    case 'getData':
      writeNodeValue(writer, part.value);
      break;
    case 'getChildren':
      writer.vector(part.names, (_, name) => writer.string(name));
      break;
    default: // A deletion or check has nothing more to say.
  }
}

function readPart(reader: JuteReader, code: number): MultiPartReply {
  if (code === ERROR) return { operation: 'error', error: reader.int() };
  const operation = operationName(code);
  switch (operation) {
    case 'getData':
      return { operation, value: readNodeValue(reader) };
    case 'getChildren':
      return { operation, names: reader.vector(() => reader.text(), 4) };
    case 'create':
      return { operation, path: reader.text() };
    case 'create2':
    case 'createContainer':
    case 'createTtl':
      return { operation, path: reader.text(), stat: readStat(reader) };
    case 'setData':
      return { operation, stat: readStat(reader) };
    case 'delete':
    case 'check':
      return { operation };
    default:
      throw new ProtocolError('MALFORMED', `A reply to a multi has a part of type ${code}`);
  }
}
