import { crc32 } from 'node:zlib';
import { decodeRecordKey, RECORD_KEY_BYTES, type RecordKey, writeRecordKey } from './record-key.js';
import { type RecordChange } from './record-store.js';

const MAGIC = Buffer.from('atalaya-journal1', 'latin1');
export const JOURNAL_ID_BYTES = 16;
export const JOURNAL_HEADER_BYTES = MAGIC.length + JOURNAL_ID_BYTES;

/** Length and CRC-32 of what follows. */
const FRAME_HEADER_BYTES = 8;
/** Number of the commit, whether it begins with removing everything, and the number of changes. */
const COMMIT_HEADER_BYTES = 6 + 1 + 4;
/** Key and length of the bytes that follow. */
const ENTRY_HEADER_BYTES = RECORD_KEY_BYTES + 4;
const REMOVED = 0xffff_ffff;

/** A commit that is to be written. */
export interface Commit {
  /** One higher than that of the commit before. */
  readonly sequence: number;
  /** Whether it begins with removing everything. */
  readonly clears: boolean;
  readonly changes: readonly RecordChange[];
}

/** Where a journal has the change of a record. */
export interface JournalEntry {
  readonly key: RecordKey;
  readonly at: number;
}

/** A commit as it was found in a journal. */
export interface JournaledCommit {
  readonly sequence: number;
  readonly clears: boolean;
  readonly entries: readonly JournalEntry[];
}

/** The journal is damaged in its middle, or does not continue the data file beside it. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

export function encodeJournalHeader(id: Buffer): Buffer {
  return Buffer.concat([MAGIC, id]);
}

/** The id of the journal; undefined where its making was interrupted, so that nothing was written to it. */
export function journalIdOf(bytes: Buffer): Buffer | undefined {
  if (bytes.subarray(0, MAGIC.length).equals(MAGIC) && bytes.length >= JOURNAL_HEADER_BYTES) {
    return bytes.subarray(MAGIC.length, JOURNAL_HEADER_BYTES);
  }
  if (bytes.subarray(JOURNAL_HEADER_BYTES).some((byte) => byte !== 0)) {
    throw new JournalError('its beginning was overwritten');
  }
  return undefined;
}

export function commitBytes(changes: readonly RecordChange[]): number {
  let length = FRAME_HEADER_BYTES + COMMIT_HEADER_BYTES + changes.length * ENTRY_HEADER_BYTES;
  for (const { bytes } of changes) length += bytes?.length ?? 0;
  return length;
}

/** Writes a commit to the beginning of the target, which must have the room. */
export function writeCommit(target: Buffer, { sequence, clears, changes }: Commit): void {
  let at = target.writeUIntBE(sequence, FRAME_HEADER_BYTES, 6);
  at = target.writeUInt8(clears ? 1 : 0, at);
  at = target.writeUInt32BE(changes.length, at);
  for (const { key, bytes } of changes) {
    writeRecordKey(target, at, key);
    at = target.writeUInt32BE(bytes?.length ?? REMOVED, at + RECORD_KEY_BYTES);
    if (bytes) at += bytes.copy(target, at);
  }
  target.writeUInt32BE(at - FRAME_HEADER_BYTES, 0);
  target.writeUInt32BE(crc32(target.subarray(FRAME_HEADER_BYTES, at)), 4);
}

/** Where a journal has the changes of a commit that was written at a position. */
export function* entriesOf(changes: readonly RecordChange[], position: number): Generator<JournalEntry> {
  let at = position + FRAME_HEADER_BYTES + COMMIT_HEADER_BYTES;
  for (const { key, bytes } of changes) {
    yield { key, at: at + RECORD_KEY_BYTES };
    at += ENTRY_HEADER_BYTES + (bytes?.length ?? 0);
  }
}

/** Of the length of a change, which its bytes follow. */
export const LENGTH_BYTES = 4;

/** The bytes of a change in a journal that was read; undefined where it removes the record. */
export function bytesAt(journal: Buffer, at: number): Buffer | undefined {
  const length = lengthAt(journal, at);
  const start = at + LENGTH_BYTES;
  return length === undefined ? undefined : journal.subarray(start, start + length);
}

/** The length of the bytes of a change; undefined where it removes the record. */
export function lengthAt(bytes: Buffer, at: number): number | undefined {
  const length = bytes.readUInt32BE(at);
  return length === REMOVED ? undefined : length;
}

/**
 * The commits of a journal after the one that the data file has last, in their order. What follows the newest commit is
 * of an older round, or was never acknowledged, and does not count.
 *
 * @throws JournalError
 */
export function* commitsAfter(bytes: Buffer, settled: number): Generator<JournaledCommit> {
  let at = JOURNAL_HEADER_BYTES;
  const first = frameAt(bytes, at);
  if (first !== undefined && sequenceOf(first) > settled + 1) {
    throw new JournalError(
      `it begins with commit ${sequenceOf(first)}, and the data file ends with ${settled}: they are not of one moment`,
    );
  }
  for (let frame = first, before: number | undefined; ; frame = frameAt(bytes, at)) {
    if (frame === undefined) {
      requireEnd(bytes, at, before ?? settled);
      return;
    }
    const sequence = sequenceOf(frame);
    if (before !== undefined && sequence !== before + 1) return;
    before = sequence;
    if (sequence > settled) yield decodeCommit(bytes, at + FRAME_HEADER_BYTES);
    at += FRAME_HEADER_BYTES + frame.length;
  }
}

/** A commit that cannot be read is the last one, which was never acknowledged: else one follows it. */
function requireEnd(bytes: Buffer, at: number, before: number): void {
  if (at + FRAME_HEADER_BYTES > bytes.length) return;
  const next = frameAt(bytes, at + FRAME_HEADER_BYTES + bytes.readUInt32BE(at));
  if (next !== undefined && sequenceOf(next) === before + 2) {
    throw new JournalError(`commit ${before + 1} in it is damaged`);
  }
}

/** What a frame holds, where it is whole. */
function frameAt(bytes: Buffer, at: number): Buffer | undefined {
  if (at + FRAME_HEADER_BYTES > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  const start = at + FRAME_HEADER_BYTES;
  if (length < COMMIT_HEADER_BYTES || start + length > bytes.length) return undefined;
  const frame = bytes.subarray(start, start + length);
  return crc32(frame) === bytes.readUInt32BE(at + 4) ? frame : undefined;
}

function sequenceOf(frame: Buffer): number {
  return frame.readUIntBE(0, 6);
}

function decodeCommit(bytes: Buffer, start: number): JournaledCommit {
  const sequence = sequenceOf(bytes.subarray(start));
  const count = bytes.readUInt32BE(start + 7);
  const entries: JournalEntry[] = [];
  let at = start + COMMIT_HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const key = decodeRecordKey(bytes.subarray(at, at + RECORD_KEY_BYTES));
    if (key === undefined) throw new JournalError(`commit ${sequence} in it has an unknown key`);
    entries.push({ key, at: at + RECORD_KEY_BYTES });
    at += ENTRY_HEADER_BYTES + (lengthAt(bytes, at + RECORD_KEY_BYTES) ?? 0);
  }
  return { sequence, clears: bytes[start + 6] === 1, entries };
}
