const LENGTH_BYTES = 4;
/** Servers take frames of 1 MB by default and of 2 GB at most; more is no frame but the text of a four letter word. */
const LARGEST_FRAME_BYTES = 64 * 1024 * 1024;

/** Cuts a stream of bytes into the pieces in which it is handed on. */
export interface StreamReader {
  /** Whether the pieces are no frames of ZooKeeper's client protocol: they are then handed on unread. */
  readonly raw: boolean;
  /** Takes the next bytes and returns the pieces they complete. */
  push(chunk: Buffer): Buffer[];
  /** From here on the stream is handed on as it is. */
  switchToRaw(): void;
}

/** Cuts a stream of bytes into ZooKeeper's frames: a length of four bytes, then as many bytes of payload. */
export class FrameReader implements StreamReader {
  #pending: Buffer = Buffer.alloc(0);
  #raw = false;

  get raw(): boolean {
    return this.#raw;
  }

  /** Each frame is returned with its length in front. */
  push(chunk: Buffer): Buffer[] {
    if (this.#raw) return [chunk];
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const frames: Buffer[] = [];
    while (this.#pending.length >= LENGTH_BYTES) {
      const length = this.#pending.readInt32BE(0);
      if (length < 0 || length > LARGEST_FRAME_BYTES) {
        this.#raw = true;
        frames.push(this.#pending);
        this.#pending = Buffer.alloc(0);
        break;
      }
      const end = LENGTH_BYTES + length;
      if (this.#pending.length < end) break;
      frames.push(this.#pending.subarray(0, end));
      this.#pending = this.#pending.subarray(end);
    }
    return frames;
  }

  switchToRaw(): void {
    this.#raw = true;
  }
}

/** The payload of a frame. */
export function payloadOf(frame: Buffer): Buffer {
  return frame.subarray(LENGTH_BYTES);
}

/** A frame around this payload. */
export function frameOf(payload: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(payload.length);
  return Buffer.concat([length, payload]);
}
