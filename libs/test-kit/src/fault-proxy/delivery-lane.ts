import { type Socket } from 'node:net';

/** How many bytes wait in a lane before its source is asked to stop sending. */
const HIGH_WATER_BYTES = 4 * 1024 * 1024;

interface Delivery {
  readonly dueMs: number;
  readonly bytes: Buffer | 'end' | 'close';
}

/** One direction of a connection: hands bytes on in order, each after its delay, none while it is stalled. */
export class DeliveryLane {
  readonly #queue: Delivery[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly source: Socket,
    private readonly target: Socket,
    private readonly isStalled: () => boolean,
    private readonly onDelivered: (byteCount: number) => void,
  ) {
    // A slow receiver slows the sender down, as without a proxy.
    target.on('drain', () => {
      this.flush();
    });
  }

  /** Bytes, or the end of the stream, to be handed on after `delayMs`, and never before what came earlier. */
  enqueue(bytes: Delivery['bytes'], delayMs: number): void {
    if (this.#closed) return;
    const dueMs = Math.max(performance.now() + delayMs, this.#queue.at(-1)?.dueMs ?? 0);
    this.#queue.push({ bytes, dueMs });
    if (typeof bytes !== 'string') this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > HIGH_WATER_BYTES) this.source.pause();
    this.flush();
  }

  /** Hands on what is due; called again whenever the faults change. */
  flush(): void {
    clearTimeout(this.#timer);
    while (!this.#closed && !this.target.writableNeedDrain && !this.isStalled()) {
      const next = this.#queue[0];
      if (!next) break;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => {
          this.flush();
        }, Math.ceil(waitMs));
        return;
      }
      this.#queue.shift();
      this.#deliver(next.bytes);
    }
    if (this.#queuedBytes <= HIGH_WATER_BYTES) this.source.resume();
  }

  /** Forgets what has not been handed on. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #deliver(bytes: Delivery['bytes']): void {
    if (bytes === 'end') {
      this.target.end();
    } else if (bytes === 'close') {
      this.target.destroy();
    } else {
      this.#queuedBytes -= bytes.length;
      this.onDelivered(bytes.length);
      this.target.write(bytes);
    }
  }
}
