import { type Socket } from 'node:net';
import { JuteWriter } from '@atalaya/zookeeper-protocol';
import { WireError } from '../errors/wire-error.js';

/** From here on a burst is not kept until the end of the turn. */
const FLUSHED_BYTES = 128 * 1024;

/** Gathers the frames of a turn of the event loop into one write. */
export class OutgoingFrames {
  readonly #writer = new JuteWriter();
  #flushing = false;

  constructor(
    private readonly socket: Socket,
    private readonly maxFrameBytes: number,
  ) {}

  /** Bytes that the system has not taken yet. */
  get queuedBytes(): number {
    return this.socket.writableLength + this.#writer.length;
  }

  /**
   * Adds a frame, whose payload `write` writes.
   *
   * @throws {WireError} `REQUEST_TOO_LARGE`: the frame is not sent, and those around it are not affected
   */
  add(write: (writer: JuteWriter) => void): void {
    const start = this.#writer.startFrame();
    try {
      write(this.#writer);
      const size = this.#writer.endFrame(start);
      if (size > this.maxFrameBytes) {
        throw new WireError(
          'REQUEST_TOO_LARGE',
          `A request of ${size} bytes was not sent, since ${this.maxFrameBytes} are allowed: ` +
            "split it, or raise the servers' jute.maxbuffer and maxRequestBytes together",
        );
      }
    } catch (error) {
      this.#writer.truncate(start);
      throw error;
    }
    if (this.#writer.length >= FLUSHED_BYTES) this.flush();
    else this.#flushSoon();
  }

  /** Hands everything to the socket. */
  flush(): void {
    if (this.#writer.length > 0 && this.socket.writable) this.socket.write(this.#writer.take());
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    process.nextTick(() => {
      this.#flushing = false;
      this.flush();
    });
  }
}
