/** Kinds of records, in the order in which they are loaded. */
export const RecordKind = {
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

const LENGTH = 13;

/** Sorted by kind, object, part. */
export function encodeRecordKey({ kind, objectId, partId }: RecordKey): Buffer {
  const bytes = Buffer.allocUnsafe(LENGTH);
  bytes[0] = kind;
  bytes.writeUIntBE(objectId, 1, 6);
  bytes.writeUIntBE(partId, 7, 6);
  return bytes;
}

/** Undefined for what is no key of ours. */
export function decodeRecordKey(bytes: Buffer): RecordKey | undefined {
  if (bytes.length !== LENGTH) return undefined;
  const kind = Object.values(RecordKind).find((known) => known === bytes[0]);
  return kind === undefined
    ? undefined
    : { kind, objectId: bytes.readUIntBE(1, 6), partId: bytes.readUIntBE(7, 6) };
}
