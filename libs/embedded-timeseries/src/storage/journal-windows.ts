import { readSync } from 'node:fs';

const WINDOW_BYTES = 64 * 1024;
/** Enough for records in the order of their keys: their newest changes are in that order within each of some commits. */
const WINDOWS = 32;

interface Window {
  readonly bytes: Buffer;
  /** Where it begins in the file. */
  at: number;
  /** How much of it was read. */
  length: number;
}

/** Parts of a file that were read last: who reads many short records reads most of them from memory. */
export class JournalWindows {
  readonly #windows = new Map<number, Window>();

  /** A view of a part of the file, which holds until the next call; shorter where the file has ended before. */
  read(fd: number, { at, length, end }: { at: number; length: number; end: number }): Buffer {
    const start = at - (at % WINDOW_BYTES);
    const isAcross = at + length > start + WINDOW_BYTES;
    if (isAcross) {
      const bytes = Buffer.allocUnsafe(Math.min(length, Math.max(0, end - at)));
      return bytes.subarray(0, readFully(fd, bytes, at));
    }
    const place = (start / WINDOW_BYTES) % WINDOWS;
    let window = this.#windows.get(place);
    if (window === undefined) {
      window = { bytes: Buffer.allocUnsafeSlow(WINDOW_BYTES), at: -1, length: 0 };
      this.#windows.set(place, window);
    }
    if (window.at !== start || window.length < at + length - start) {
      window.at = start;
      window.length = readFully(fd, window.bytes.subarray(0, Math.max(0, end - start)), start);
    }
    return window.bytes.subarray(at - start, Math.min(at + length - start, window.length));
  }

  /** The file is written anew from its beginning. */
  forget(): void {
    for (const window of this.#windows.values()) window.at = -1;
  }
}

function readFully(fd: number, bytes: Buffer, at: number): number {
  let read = 0;
  for (let more = 1; more > 0 && read < bytes.length; read += more) {
    more = readSync(fd, bytes, read, bytes.length - read, at + read);
  }
  return read;
}
