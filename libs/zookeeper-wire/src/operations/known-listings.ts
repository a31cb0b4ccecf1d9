import {
  type JuteReader,
  type ReplyBody,
  readReplyBody,
  readStat,
  STAT_BYTES,
} from '@atalaya/zookeeper-protocol';

/** The names of shorter listings are as quickly decoded. */
const LEAST_NAMES = 128;
/** The one that arrived longest ago is forgotten. */
const MOST_LISTINGS = 16;

interface Listing {
  /** The vector of names, as it arrived. */
  readonly bytes: Buffer;
  readonly names: readonly string[];
}

/** Long listings of a session as they arrived last: one that arrives again as it was has the same names. */
export class KnownListings {
  readonly #byPath = new Map<string, Listing>();

  /** Reads the body of a reply to `getChildren2`. */
  read(path: string, reader: JuteReader): ReplyBody<'getChildren2'> {
    const bytes = reader.bytes.subarray(reader.offset, reader.bytes.length - STAT_BYTES);
    const known = this.#byPath.get(path);
    if (known?.bytes.equals(bytes)) {
      reader.skip(bytes.length);
      return { names: known.names.slice(), stat: readStat(reader) };
    }
    const body = readReplyBody(reader, 'getChildren2');
    // What a server may add to the stat one day would make the bytes something else.
    if (reader.remaining === 0) this.#remember(path, { bytes, names: body.names });
    return body;
  }

  #remember(path: string, { bytes, names }: Listing): void {
    this.#byPath.delete(path);
    if (names.length < LEAST_NAMES) return;
    // Copies: a message may share its memory with others, and whoever asked may sort what was found.
    this.#byPath.set(path, { bytes: Buffer.from(bytes), names: names.slice() });
    const [oldest] = this.#byPath.keys();
    if (this.#byPath.size > MOST_LISTINGS && oldest !== undefined) this.#byPath.delete(oldest);
  }
}
