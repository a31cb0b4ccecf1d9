import { decodeStrings, encodeStrings } from './strings-codec.js';

/** Id of a stream entry: milliseconds and a sequence number within them. */
export interface StreamId {
  ms: number;
  sequence: number;
}

export interface StreamEntry {
  id: StreamId;
  /** Names and values in turn. */
  fields: readonly string[];
  partId: number;
}

export function compareStreamIds(a: StreamId, b: StreamId): number {
  return a.ms - b.ms || a.sequence - b.sequence;
}

export function formatStreamId({ ms, sequence }: StreamId): string {
  return `${ms}-${sequence}`;
}

function sizeOf({ fields }: StreamEntry): number {
  return fields.reduce((sum, field) => sum + field.length, 0);
}

/** A stream: entries with ascending ids, the oldest of which are trimmed away. */
export class StreamValue {
  readonly type = 'stream';
  useMark = 0;
  lastId: StreamId = { ms: 0, sequence: 0 };
  /** Bytes of all names and values. */
  bytes = 0;
  #entries: StreamEntry[] = [];
  #first = 0;
  #nextPartId = 1;

  constructor(
    readonly id: number,
    public key: string,
  ) {}

  get length(): number {
    return this.#entries.length - this.#first;
  }

  append(id: StreamId, fields: readonly string[]): StreamEntry {
    const entry = { id, fields, partId: this.#nextPartId++ };
    this.restore(entry);
    return entry;
  }

  /** Puts back what was stored. */
  restore(entry: StreamEntry): void {
    this.#entries.push(entry);
    this.bytes += sizeOf(entry);
    if (compareStreamIds(entry.id, this.lastId) > 0) this.lastId = entry.id;
    this.#nextPartId = Math.max(this.#nextPartId, entry.partId + 1);
  }

  /** Removes the oldest entries beyond `count`, or older than `minId`; answers them. */
  trim({ count = Infinity, minId }: { count?: number; minId?: StreamId }): StreamEntry[] {
    let end = Math.max(this.#first, this.#entries.length - count);
    if (minId) end = Math.max(end, this.#indexFrom(minId));
    const removed = this.#entries.slice(this.#first, end);
    for (const entry of removed) this.bytes -= sizeOf(entry);
    this.#first = end;
    // Compacted now and then only, so that trimming by one entry at a time stays cheap.
    if (this.#first > 64 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
    return removed;
  }

  /** Entries between two ids, both included. */
  range(from: StreamId, to: StreamId, count: number, reverse = false): StreamEntry[] {
    const start = this.#indexFrom(from);
    let end = this.#indexFrom(to);
    const atEnd = this.#entries[end];
    if (atEnd !== undefined && compareStreamIds(atEnd.id, to) === 0) end++;
    if (reverse) return this.#entries.slice(Math.max(start, end - count), Math.max(start, end)).reverse();
    return this.#entries.slice(start, Math.min(end, start + count));
  }

  get all(): readonly StreamEntry[] {
    return this.#entries.slice(this.#first);
  }

  #indexFrom(id: StreamId): number {
    let low = this.#first;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && compareStreamIds(entry.id, id) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export function encodeEntry({ id, fields }: StreamEntry): Buffer {
  return encodeStrings([formatStreamId(id), ...fields]);
}

/** @throws RangeError when the bytes are no stream entry. */
export function decodeEntry(bytes: Buffer, partId: number): StreamEntry {
  const [text = '', ...fields] = decodeStrings(bytes);
  const [ms = NaN, sequence = NaN] = text.split('-').map(Number);
  if (Number.isNaN(ms + sequence)) throw new RangeError(`"${text}" is no id of a stream entry.`);
  return { id: { ms, sequence }, fields, partId };
}
