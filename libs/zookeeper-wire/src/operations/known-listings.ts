import {
  type JuteReader,
  type ReplyBody,
  readReplyBody,
  readStat,
  STAT_BYTES,
} from '@atalaya/zookeeper-protocol';

/** The names of shorter listings are as quickly decoded. */
const LEAST_NAMES = 128;
/** Of all listings as they arrived; in memory they are about three times as much. The one used longest ago is forgotten. */
const MOST_BYTES = 4 * 1024 * 1024;

interface Listing {
  /** The vector of names, as it arrived. */
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

/** Long listings of a session as they arrived last: one that arrives again as it was has the same names. */
export class KnownListings {
  readonly #byPath = new Map<string, Listing>();
  #totalBytes = 0;

  /** Of all that are remembered, as they arrived. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Whose listings are remembered, that which was used longest ago first. */
  get paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** Reads the body of a reply to `getChildren2`. */
  read(path: string, reader: JuteReader): ReplyBody<'getChildren2'> {
    const bytes = reader.bytes.subarray(reader.offset, reader.bytes.length - STAT_BYTES);
    const known = this.#byPath.get(path);
    if (known?.bytes.equals(bytes)) {
      reader.skip(bytes.length);
      this.#byPath.delete(path);
      this.#byPath.set(path, known);
      return { names: known.names.slice(), stat: readStat(reader) };
    }
    const body = readReplyBody(reader, 'getChildren2');
    // What a server may add to the stat one day would make the bytes something else.
    if (reader.remaining === 0) this.#remember(path, { bytes, names: body.names });
    return body;
  }

  #remember(path: string, { bytes, names }: Listing): void {
    this.#forget(path);
    if (names.length < LEAST_NAMES || bytes.length > MOST_BYTES) return;
    // Copies: a message may share its memory with others, and whoever asked may sort what was found.
    this.#byPath.set(path, { bytes: Buffer.from(bytes), names: names.slice() });
    this.#totalBytes += bytes.length;
    for (const oldest of this.#byPath.keys()) {
      if (this.#totalBytes <= MOST_BYTES) break;
      this.#forget(oldest);
    }
  }

  #forget(path: string): void {
    this.#totalBytes -= this.#byPath.get(path)?.bytes.length ?? 0;
    this.#byPath.delete(path);
  }
}
