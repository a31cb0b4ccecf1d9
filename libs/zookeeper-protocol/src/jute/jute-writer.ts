import { LENGTH_BYTES } from '../frames/frame.js';

const FIRST_BYTES = 1024;
/** Up to here a loop over the characters is faster than a call into the runtime. */
const SHORT_TEXT = 64;

/** Writes the fields of records in jute into memory that grows; many frames may follow each other in one writer. */
export class JuteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(firstBytes = FIRST_BYTES) {
    this.#bytes = Buffer.allocUnsafe(firstBytes);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.byte(value ? 1 : 0);
  }

  int(value: number): this {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
    return this;
  }

  /** Signed or unsigned: the low 64 bits count. */
  long(value: bigint): this {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64BE(BigInt.asIntN(64, value), this.#length);
    return this;
  }

  millis(value: number): this {
    return this.long(BigInt(value));
  }

  buffer(value: Uint8Array | null): this {
    if (value === null) return this.int(-1);
    return this.int(value.length).raw(value);
  }

  /** Bytes as they are, without their length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  string(value: string | null): this {
    if (value === null) return this.int(-1);
    this.#reserve(4 + 3 * value.length);
    const start = this.#length + 4;
    const count = this.#shortText(value, start) ?? this.#bytes.write(value, start);
    this.#bytes.writeInt32BE(count, this.#length);
    this.#length = start + count;
    return this;
  }

  vector<T>(values: readonly T[], element: (writer: this, value: T) => void): this {
    this.int(values.length);
    for (const value of values) element(this, value);
    return this;
  }

  /** Begins a frame: leaves room for its length. */
  startFrame(): number {
    const start = this.#length;
    this.int(0);
    return start;
  }

  /** Ends the frame that began at `start`; returns the size of its payload. */
  endFrame(start: number): number {
    const size = this.#length - start - LENGTH_BYTES;
    this.#bytes.writeInt32BE(size, start);
    return size;
  }

  /** Takes back what was written from `length` on. */
  truncate(length: number): void {
    this.#length = Math.min(length, this.#length);
  }

  /** What was written, with its memory; the writer is empty afterwards and may be used again. */
  take(): Buffer {
    const written = this.#bytes.subarray(0, this.#length);
    this.#bytes = this.#bytes.subarray(this.#length);
    this.#length = 0;
    return written;
  }

  #shortText(value: string, start: number): number | undefined {
    if (value.length > SHORT_TEXT) return undefined;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > 0x7f) return undefined;
      this.#bytes[start + index] = code;
    }
    return value.length;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, 2 * this.#length, FIRST_BYTES));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
