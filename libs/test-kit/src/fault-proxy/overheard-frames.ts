import { FrameDecoder } from '@atalaya/zookeeper-protocol';
import { type StreamReader } from './stream-reader.js';

/** Cuts a stream into ZooKeeper's frames, or hands it on as it is once it turns out to carry none. */
export class OverheardFrames implements StreamReader {
  readonly #decoder = new FrameDecoder();
  #raw = false;

  get raw(): boolean {
    return this.#raw;
  }

  /** Each frame is returned with its length in front. */
  push(chunk: Buffer): Buffer[] {
    if (this.#raw) return [chunk];
    this.#decoder.push(chunk);
    const frames: Buffer[] = [];
    try {
      for (let frame = this.#decoder.next(); frame; frame = this.#decoder.next()) frames.push(frame);
    } catch {
      // No length of a frame: the text of a four letter word, or of the answer to one.
      this.#raw = true;
      frames.push(this.#decoder.rest());
    }
    return frames;
  }

  switchToRaw(): void {
    this.#raw = true;
  }
}
