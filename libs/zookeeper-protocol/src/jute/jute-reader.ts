import { ProtocolError } from '../errors.js';

const TWO_TO_THE_32 = 4_294_967_296;

/**
 * Reads the fields of records in jute, ZooKeeper's serialization: big endian, lengths before contents.
 *
 * Every method throws a {@link ProtocolError} `MALFORMED` where the bytes end too early or a length cannot be. Byte
 * arrays are handed out in the memory of the message.
 */
export class JuteReader {
  #view: DataView | undefined;

  /** @param offset where to begin; moves on with what is read */
  constructor(
    readonly bytes: Buffer,
    public offset = 0,
  ) {}

  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  byte(): number {
    return this.bytes.readUInt8(this.skip(1));
  }

  bool(): boolean {
    return this.byte() !== 0;
  }

  int(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  /** Signed. */
  long(): bigint {
    return this.#dataView().getBigInt64(this.skip(8));
  }

  /** Unsigned, as ids are meant. */
  unsignedLong(): bigint {
    return this.#dataView().getBigUint64(this.skip(8));
  }

  /** A time, as a number, which is exact for the next 285,000 years. */
  millis(): number {
    const start = this.skip(8);
    return this.bytes.readInt32BE(start) * TWO_TO_THE_32 + this.bytes.readUInt32BE(start + 4);
  }

  /** A byte array; null where there is none, which is not the same as an empty one. */
  buffer(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const start = this.skip(length);
    return this.bytes.subarray(start, start + length);
  }

  string(): string | null {
    const length = this.int();
    if (length < 0) return null;
    const start = this.skip(length);
    return this.bytes.toString('utf8', start, start + length);
  }

  /** A string that has to be there. */
  text(): string {
    return this.string() ?? this.#malformed('a string is missing');
  }

  /**
   * A vector; none counts as an empty one.
   *
   * @param leastBytes of an element: a count that the message cannot hold is refused before anything is made
   */
  vector<T>(element: (reader: this) => T, leastBytes: number): T[] {
    const count = this.int();
    if (count <= 0) return [];
    if (count * leastBytes > this.remaining) this.#malformed(`a vector of ${count} elements cannot be in it`);
    const elements: T[] = [];
    for (let index = 0; index < count; index++) elements.push(element(this));
    return elements;
  }

  /** Moves on by `count` bytes; the offset of the first of them. */
  skip(count: number): number {
    const start = this.offset;
    if (start + count > this.bytes.length) this.#malformed(`it ends before byte ${start + count}`);
    this.offset = start + count;
    return start;
  }

  #dataView(): DataView {
    const { buffer, byteOffset, length } = this.bytes;
    return (this.#view ??= new DataView(buffer, byteOffset, length));
  }

  #malformed(problem: string): never {
    throw new ProtocolError('MALFORMED', `A message of ${this.bytes.length} bytes is malformed: ${problem}`);
  }
}
