import { ProtocolError } from '../errors.js';
import { LENGTH_BYTES } from './frame.js';

/** By default: more than any reply that a server sends in practice. */
const DEFAULT_MAX_FRAME_BYTES = 64 * 1024 * 1024;

const EMPTY = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into ZooKeeper's frames, however it is fragmented. A frame that lies within one chunk is handed
 * out in the chunk's memory; only one that spans chunks is copied, each byte at most twice.
 *
 * ```
 * decoder.push(chunk);
 * for (let frame = decoder.next(); frame; frame = decoder.next()) handle(payloadOf(frame));
 * ```
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number;
  /** What is left of the latest chunk. */
  #chunk: Buffer = EMPTY;
  #offset = 0;
  /** The beginning of a frame that spans chunks; `#collected` bytes of it are filled. */
  #partial: Buffer | undefined;
  #collected = 0;

  /** @param options.maxFrameBytes largest payload that is accepted; 64 MiB by default */
  constructor({ maxFrameBytes = DEFAULT_MAX_FRAME_BYTES }: { readonly maxFrameBytes?: number } = {}) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Takes the next bytes of the stream. They are not copied: do not change them afterwards. */
  push(chunk: Buffer): void {
    const left = this.#chunk.length - this.#offset;
    this.#chunk = left === 0 ? chunk : Buffer.concat([this.#chunk.subarray(this.#offset), chunk]);
    this.#offset = 0;
  }

  /**
   * The next complete frame, its length in front; undefined when more bytes are needed.
   *
   * @throws {ProtocolError} `FRAME_TOO_LARGE` for a length that is negative or over the limit, from then on at each call
   */
  next(): Buffer | undefined {
    if (this.#partial) return this.#completePartial(this.#partial);
    const available = this.#chunk.length - this.#offset;
    if (available >= LENGTH_BYTES) {
      const size = LENGTH_BYTES + this.#checkedLength(this.#chunk.readInt32BE(this.#offset));
      if (available >= size) {
        const start = this.#offset;
        this.#offset += size;
        return this.#chunk.subarray(start, this.#offset);
      }
    }
    if (available > 0) this.#collect();
    return undefined;
  }

  /** The bytes that belong to no frame yet: what to hand on when the stream turns out to carry none. */
  rest(): Buffer {
    const begun = this.#partial?.subarray(0, this.#collected) ?? EMPTY;
    return Buffer.concat([begun, this.#chunk.subarray(this.#offset)]);
  }

  #completePartial(begun: Buffer): Buffer | undefined {
    const partial = this.#collected < LENGTH_BYTES ? this.#take(begun, LENGTH_BYTES) : begun;
    if (this.#collected < LENGTH_BYTES) return undefined;
    const size = LENGTH_BYTES + this.#checkedLength(partial.readInt32BE(0));
    const frame = this.#take(partial, size);
    if (this.#collected < size) return undefined;
    this.#partial = undefined;
    this.#collected = 0;
    return frame.length === size ? frame : frame.subarray(0, size);
  }

  #collect(): void {
    this.#partial = Buffer.allocUnsafe(LENGTH_BYTES);
    this.#collected = 0;
    this.#completePartial(this.#partial);
  }

  /**
   * Fills the partial frame up to `size` bytes, as far as the chunk goes. It grows with what arrives: a length that lies
   * costs no memory.
   */
  #take(partial: Buffer, size: number): Buffer {
    const count = Math.min(size - this.#collected, this.#chunk.length - this.#offset);
    const needed = this.#collected + count;
    let target = partial;
    if (needed > partial.length) {
      target = Buffer.allocUnsafe(Math.min(size, Math.max(needed, 2 * partial.length)));
      partial.copy(target, 0, 0, this.#collected);
      this.#partial = target;
    }
    this.#chunk.copy(target, this.#collected, this.#offset, this.#offset + count);
    this.#collected = needed;
    this.#offset += count;
    return target;
  }

  #checkedLength(length: number): number {
    if (length >= 0 && length <= this.#maxFrameBytes) return length;
    throw new ProtocolError(
      'FRAME_TOO_LARGE',
      `A frame of ${length} bytes was announced, and at most ${this.#maxFrameBytes} are accepted: ` +
        'the other end speaks another protocol, or the limit is too low',
    );
  }
}
