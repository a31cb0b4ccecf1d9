/** Kinds of records, in the order in which they are loaded. */
export const RecordKind = {
  /** Of the file itself: its format (object 0), and the journal that continues it (object 1). */
  format: 0,
  holder: 1,
  /** What an object is: its key, type, and options. */
  object: 2,
  /** The head of a series: its newest samples and its rules' open buckets. */
  head: 3,
  /** Sealed samples of a series. */
  chunk: 4,
  /** A field of a hash, an entry of a stream, or a string's value. */
  element: 5,
} as const;

export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

export interface RecordKey {
  kind: RecordKind;
  objectId: number;
  /** Which chunk or element of the object. */
  partId: number;
}

export const RECORD_KEY_BYTES = 13;

/** Sorted by kind, object, part. */
export function encodeRecordKey(key: RecordKey): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_KEY_BYTES);
  writeRecordKey(bytes, 0, key);
  return bytes;
}

export function writeRecordKey(target: Buffer, at: number, { kind, objectId, partId }: RecordKey): void {
  target[at] = kind;
  target.writeUIntBE(objectId, at + 1, 6);
  target.writeUIntBE(partId, at + 7, 6);
}

/** Less than the keys of a kind, and more than those of the kinds before. */
export function kindStart(kind: number): Buffer {
  return Buffer.from([kind]);
}

/** Undefined for what is no key of ours. */
export function decodeRecordKey(bytes: Buffer): RecordKey | undefined {
  if (bytes.length !== RECORD_KEY_BYTES) return undefined;
  const kind = Object.values(RecordKind).find((known) => known === bytes[0]);
  return kind === undefined
    ? undefined
    : { kind, objectId: bytes.readUIntBE(1, 6), partId: bytes.readUIntBE(7, 6) };
}
