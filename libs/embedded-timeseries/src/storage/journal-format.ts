import { crc32 } from 'node:zlib';
import { decodeRecordKey, RECORD_KEY_BYTES, writeRecordKey } from './record-key.js';
import { type RecordChange } from './record-store.js';

const MAGIC = Buffer.from('atalaya-journal1', 'latin1');
export const JOURNAL_ID_BYTES = 16;
export const JOURNAL_HEADER_BYTES = MAGIC.length + JOURNAL_ID_BYTES;

/** Length and CRC-32 of what follows. */
const FRAME_HEADER_BYTES = 8;
/** Number of the commit, whether it begins with removing everything, and the number of changes. */
const COMMIT_HEADER_BYTES = 6 + 1 + 4;
const REMOVED = 0xffff_ffff;

/** A commit, as the journal keeps it. */
export interface JournaledCommit {
  /** Each is one higher than the one before. */
  readonly sequence: number;
  readonly clears: boolean;
  readonly changes: readonly RecordChange[];
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

export function encodeCommit({ sequence, clears, changes }: JournaledCommit): Buffer {
  let length = COMMIT_HEADER_BYTES + changes.length * (RECORD_KEY_BYTES + 4);
  for (const { bytes } of changes) length += bytes?.length ?? 0;
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + length);
  let at = frame.writeUIntBE(sequence, FRAME_HEADER_BYTES, 6);
  at = frame.writeUInt8(clears ? 1 : 0, at);
  at = frame.writeUInt32BE(changes.length, at);
  for (const { key, bytes } of changes) {
    writeRecordKey(frame, at, key);
    at = frame.writeUInt32BE(bytes?.length ?? REMOVED, at + RECORD_KEY_BYTES);
    if (bytes) at += bytes.copy(frame, at);
  }
  frame.writeUInt32BE(length, 0);
  frame.writeUInt32BE(crc32(frame.subarray(FRAME_HEADER_BYTES)), 4);
  return frame;
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
    at += FRAME_HEADER_BYTES + frame.length;
    if (sequence > settled) yield decodeCommit(frame);
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

function decodeCommit(frame: Buffer): JournaledCommit {
  const count = frame.readUInt32BE(7);
  const changes: RecordChange[] = [];
  let at = COMMIT_HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const key = decodeRecordKey(frame.subarray(at, at + RECORD_KEY_BYTES));
    if (key === undefined) throw new JournalError(`commit ${sequenceOf(frame)} in it has an unknown key`);
    const length = frame.readUInt32BE(at + RECORD_KEY_BYTES);
    at += RECORD_KEY_BYTES + 4;
    const bytes = length === REMOVED ? undefined : frame.subarray(at, at + length);
    at += bytes?.length ?? 0;
    changes.push({ key, bytes });
  }
  return { sequence: sequenceOf(frame), clears: frame[6] === 1, changes };
}
