import { JuteReader } from '../jute/jute-reader.js';
import { type JuteWriter } from '../jute/jute-writer.js';
import { readStat, type Stat, STAT_BYTES, writeStat } from './stat.js';

/** A znode's data, with the stat of the same moment. */
export interface NodeValue {
  /** Null where the znode was created without data. */
  readonly data: Buffer | null;
  readonly stat: Stat;
}

/** A value as it lies in the message; its stat is made when it is asked for. */
class ReceivedNodeValue implements NodeValue {
  readonly data: Buffer | null;
  readonly #bytes: Buffer;
  readonly #statOffset: number;
  #stat: Stat | undefined;

  constructor(reader: JuteReader) {
    this.data = reader.buffer();
    this.#bytes = reader.bytes;
    this.#statOffset = reader.skip(STAT_BYTES);
  }

  get stat(): Stat {
    return (this.#stat ??= readStat(new JuteReader(this.#bytes, this.#statOffset)));
  }
}

/** Data share the memory of the message: copy what is kept for long. */
export function readNodeValue(reader: JuteReader): NodeValue {
  return new ReceivedNodeValue(reader);
}

export function writeNodeValue(writer: JuteWriter, { data, stat }: NodeValue): void {
  writer.buffer(data);
  writeStat(writer, stat);
}
