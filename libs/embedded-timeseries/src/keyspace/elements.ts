import { HashValue } from './hash-value.js';
import { type KeyWatches } from './key-watches.js';
import { KeyspaceLimitError } from './keyspace-limit-error.js';
import { type ObjectCache } from './object-cache.js';
import { type PendingChanges } from './pending-changes.js';
import { type StoredObject } from './stored-object.js';
import { decodeEntry, encodeEntry, type StreamId, StreamValue } from './stream-value.js';
import { type StringValue } from './string-value.js';
import { decodeStrings, encodeStrings } from './strings-codec.js';
import { type Series } from '../series/series.js';

/** What holds elements: all but series, whose parts are heads and chunks. */
export type ObjectOfElements = Exclude<StoredObject, Series>;

/** Bytes of all fields of a hash, or all entries of a stream, which are in memory together. */
export interface ElementLimits {
  readonly maxObjectBytes: number;
}

export interface ElementsOptions extends ElementLimits {
  readonly watches: KeyWatches;
  readonly pending: PendingChanges;
  readonly objects: ObjectCache;
  /** Deletes a key whose object must not stay without elements. */
  readonly deleteKey: (key: string) => void;
}

/** The fields of hashes, the entries of streams and the texts of strings: each a record of its own on disk. */
export class Elements {
  readonly #options: ElementsOptions;

  constructor(options: ElementsOptions) {
    this.#options = options;
  }

  setText(value: StringValue): void {
    this.#changed(value, 0, () => encodeStrings([value.text]));
  }

  /** Sets a field; answers whether it is new. */
  setField(hash: HashValue, field: string, value: string): boolean {
    this.#requireRoomIn(hash, field.length + value.length);
    const { partId, isNew } = hash.set(field, value);
    this.#changed(hash, partId, () => encodeStrings([field, value]));
    this.#options.objects.grew(field.length + value.length);
    return isNew;
  }

  /** Deletes a field, and the hash with its last field; answers whether there was one. */
  deleteField(hash: HashValue, field: string): boolean {
    const partId = hash.delete(field);
    if (partId === undefined) return false;
    this.#removed(hash, partId);
    if (hash.fields.size === 0) this.#options.deleteKey(hash.key);
    return true;
  }

  appendEntry(stream: StreamValue, id: StreamId, fields: readonly string[]): void {
    const bytes = fields.reduce((sum, field) => sum + field.length, 0);
    this.#requireRoomIn(stream, bytes);
    const entry = stream.append(id, fields);
    this.#options.pending.object(stream);
    this.#changed(stream, entry.partId, () => encodeEntry(entry));
    this.#options.objects.grew(bytes);
  }

  /** Removes the oldest entries past a limit; answers how many. */
  trimStream(stream: StreamValue, limit: { count?: number; minId?: StreamId }): number {
    const removed = stream.trim(limit);
    for (const { partId } of removed) this.#removed(stream, partId);
    return removed.length;
  }

  /** Removes the records of an object that is deleted. */
  removeAll(object: ObjectOfElements): void {
    if (object instanceof HashValue) {
      for (const { partId } of object.fields.values()) this.#removed(object, partId);
    } else if (object instanceof StreamValue) {
      for (const { partId } of object.all) this.#removed(object, partId);
    } else this.#removed(object, 0);
  }

  #requireRoomIn(object: HashValue | StreamValue, bytes: number): void {
    const { maxObjectBytes, deleteKey } = this.#options;
    if (object.bytes + bytes <= maxObjectBytes) return;
    // One that was made by this command and holds nothing yet must not stay.
    if (object.bytes === 0) deleteKey(object.key);
    throw new KeyspaceLimitError(
      `the ${object.type} would have more than ${maxObjectBytes} bytes; delete some of it, or raise maxObjectBytes`,
    );
  }

  #changed(object: StoredObject, partId: number, bytes: () => Buffer | undefined): void {
    this.#options.watches.changed(object.key);
    this.#options.pending.element(object, partId, bytes);
  }

  #removed(object: StoredObject, partId: number): void {
    this.#changed(object, partId, () => undefined);
  }
}

/** Puts an element back that was read from disk. */
export function restoreElement(object: ObjectOfElements, partId: number, bytes: Buffer): void {
  if (object instanceof StreamValue) {
    object.restore(decodeEntry(bytes, partId));
    return;
  }
  const [first = '', second = ''] = decodeStrings(bytes);
  if (object instanceof HashValue) object.restore(partId, first, second);
  else object.text = first;
}
