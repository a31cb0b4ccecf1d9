import { TestKitError } from '../errors.js';

/** Reads the fields of a record in ZooKeeper's serialization, jute: big endian, lengths before contents. */
export class JuteReader {
  #offset = 0;

  constructor(private readonly bytes: Buffer) {}

  int(): number {
    return this.bytes.readInt32BE(this.#advance(4));
  }

  long(): bigint {
    return this.bytes.readBigInt64BE(this.#advance(8));
  }

  /** A byte array; null is written as length -1. */
  buffer(): Buffer | null {
    const length = this.int();
    if (length < 0) return null;
    const start = this.#advance(length);
    return this.bytes.subarray(start, start + length);
  }

  string(): string | null {
    return this.buffer()?.toString('utf8') ?? null;
  }

  #advance(count: number): number {
    const start = this.#offset;
    if (start + count > this.bytes.length) {
      throw new TestKitError(
        'PROTOCOL_ERROR',
        `A ZooKeeper message of ${this.bytes.length} bytes ends before byte ${start + count}`,
      );
    }
    this.#offset += count;
    return start;
  }
}
