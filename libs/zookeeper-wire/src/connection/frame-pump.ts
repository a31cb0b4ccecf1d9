import { FrameDecoder } from '@atalaya/zookeeper-protocol';

/** How long frames are handled without letting anything else run. */
const SLICE_MS = 4;
/** Reading the clock costs about as much as a small frame: so many are handled between two looks at it, or so many bytes. */
const FRAMES_PER_CLOCK = 16;
const BYTES_PER_CLOCK = 16 * 1024;

/** Who handles the frames. */
export interface FrameConsumer {
  /** Whether the frame is handled only when the continuations of those before have run. */
  comesAfterContinuations(frame: Buffer): boolean;
  handle(frame: Buffer, arrivedAtMs: number): void;
  /** The stream is broken: no frame can be made out any more. */
  malformed(error: unknown): void;
  /** The stream has ended, and all its frames have been handled. */
  drained(): void;
}

/** What the bytes come from. */
interface Source {
  pause(): unknown;
  resume(): unknown;
}

/**
 * Hands frames on in order, in slices of a few milliseconds between which the event loop turns; the source is paused
 * while it waits, so that no more than a chunk or two are kept.
 */
export class FramePump {
  readonly #decoder: FrameDecoder;
  readonly #chunks: { readonly bytes: Buffer; readonly arrivedAtMs: number }[] = [];
  #arrivedAtMs = 0;
  /** In this turn of the event loop, in which several chunks may arrive; undefined before the first. */
  #sliceEndsAtMs: number | undefined;
  #held: Buffer | undefined;
  #waiting = false;
  #paused = false;
  #ended = false;
  #stopped = false;

  constructor(
    private readonly source: Source,
    private readonly consumer: FrameConsumer,
    maxFrameBytes: number,
  ) {
    this.#decoder = new FrameDecoder({ maxFrameBytes });
  }

  push(bytes: Buffer): void {
    this.#chunks.push({ bytes, arrivedAtMs: performance.now() });
    if (!this.#waiting) this.#run();
  }

  /** No more bytes will come. */
  end(): void {
    this.#ended = true;
    if (!this.#waiting) this.#run();
  }

  /** From now on nothing is handed on. */
  stop(): void {
    this.#stopped = true;
    this.#chunks.length = 0;
    this.#held = undefined;
  }

  #run(): void {
    const sliceEndsAtMs = (this.#sliceEndsAtMs ??= this.#beginSlice());
    let framesUntilClock = FRAMES_PER_CLOCK;
    let bytesUntilClock = BYTES_PER_CLOCK;
    for (let count = 0; !this.#stopped; count++) {
      if (framesUntilClock <= 0 || bytesUntilClock <= 0) {
        if (performance.now() >= sliceEndsAtMs) {
          this.#continueInNextTurn();
          return;
        }
        framesUntilClock = FRAMES_PER_CLOCK;
        bytesUntilClock = BYTES_PER_CLOCK;
      }
      const frame = this.#next();
      if (!frame) {
        this.#exhausted();
        return;
      }
      if (count > 0 && this.consumer.comesAfterContinuations(frame)) {
        this.#held = frame;
        this.#continueAfterContinuations();
        return;
      }
      this.consumer.handle(frame, this.#arrivedAtMs);
      framesUntilClock -= 1;
      bytesUntilClock -= frame.length;
    }
  }

  #beginSlice(): number {
    setImmediate(() => {
      this.#sliceEndsAtMs = undefined;
    });
    return performance.now() + SLICE_MS;
  }

  #next(): Buffer | undefined {
    const held = this.#held;
    this.#held = undefined;
    if (held) return held;
    try {
      for (;;) {
        const frame = this.#decoder.next();
        if (frame) return frame;
        const chunk = this.#chunks.shift();
        if (!chunk) return undefined;
        this.#decoder.push(chunk.bytes);
        this.#arrivedAtMs = chunk.arrivedAtMs;
      }
    } catch (error) {
      this.stop();
      this.consumer.malformed(error);
      return undefined;
    }
  }

  #exhausted(): void {
    if (this.#stopped) return;
    if (this.#paused) {
      this.#paused = false;
      this.source.resume();
    }
    if (this.#ended) {
      this.#stopped = true;
      this.consumer.drained();
    }
  }

  #continueInNextTurn(): void {
    this.#waiting = true;
    this.#paused = true;
    this.source.pause();
    setImmediate(() => {
      this.#waiting = false;
      this.#run();
    });
  }

  /** A tick that is asked for by a microtask comes when all microtasks have run, those that they begin included. */
  #continueAfterContinuations(): void {
    this.#waiting = true;
    queueMicrotask(() => {
      process.nextTick(() => {
        this.#waiting = false;
        this.#run();
      });
    });
  }
}
