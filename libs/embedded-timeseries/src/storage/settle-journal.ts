import { setImmediate } from 'node:timers/promises';
import { seal } from './checksum.js';
import { bytesAt, commitsAfter, JOURNAL_ID_BYTES } from './journal-format.js';
import { type LmdbFile } from './lmdb-file.js';
import { encodeRecordKey, kindStart, RecordKind } from './record-key.js';
import { type RecordChange } from './record-store.js';
import { UnsettledRecords } from './unsettled-records.js';

const JOURNAL_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 1, partId: 0 });

/** The journal that continues a data file, and what the data file has of it. */
export interface JournalMark {
  readonly id: Buffer;
  /** The newest commit up to which it has all. */
  readonly settled: number;
  /** The newest commit up to which it may have some: it is being taken over, or was when the process ended. */
  readonly settling: number;
}

/** Changes that are taken over in one transaction. Each rewrites pages, and those of the one before are free after it. */
const SLICE_RECORDS = 2_000;

/** From now on a journal of that id continues the data file. */
export function beginJournal(file: LmdbFile, id: Buffer): void {
  file.transactionSync(() => {
    file.putSync(JOURNAL_KEY, encodeMark({ id, settled: 0, settling: 0 }));
  });
}

export function journalMarkOf(file: LmdbFile): JournalMark | undefined {
  const bytes = file.getBinary(JOURNAL_KEY);
  if (bytes === undefined) return undefined;
  return {
    id: bytes.subarray(0, JOURNAL_ID_BYTES),
    settled: bytes.readUIntBE(JOURNAL_ID_BYTES, 6),
    settling: bytes.readUIntBE(JOURNAL_ID_BYTES + 6, 6),
  };
}

function encodeMark({ id, settled, settling }: JournalMark): Buffer {
  const bytes = Buffer.alloc(JOURNAL_ID_BYTES + 12);
  id.copy(bytes);
  bytes.writeUIntBE(settled, JOURNAL_ID_BYTES, 6);
  bytes.writeUIntBE(settling, JOURNAL_ID_BYTES + 6, 6);
  return bytes;
}

/** What a journal has after the mark, and its newest commit. */
export function unsettledOf(journal: Buffer, mark: JournalMark): [UnsettledRecords, number] {
  const unsettled = new UnsettledRecords({ bytesAt: (at) => bytesAt(journal, at) });
  let { settled } = mark;
  for (const { sequence, entries, clears } of commitsAfter(journal, settled)) {
    unsettled.add(entries, clears);
    settled = sequence;
  }
  return [unsettled, settled];
}

/**
 * Takes changes up to a commit over, in slices between which the event loop turns; on the disk when it resolves. Where it
 * ends before, the journal has all of them still, and the mark says so.
 */
export async function settle(file: LmdbFile, unsettled: UnsettledRecords, settled: number): Promise<void> {
  const before = journalMarkOf(file);
  if (before === undefined) throw new Error('No journal continues the data file');
  const settling = { ...before, settling: settled };
  let slice: RecordChange[] = [];
  let clears = unsettled.clears;
  const write = (mark: JournalMark) => {
    file.transactionSync(() => {
      if (clears) {
        for (const key of [...file.getKeys({ start: kindStart(RecordKind.object) })]) file.removeSync(key);
      }
      for (const { key, bytes } of slice) {
        const encoded = encodeRecordKey(key);
        if (bytes === undefined) file.removeSync(encoded);
        else file.putSync(encoded, bytes);
      }
      file.putSync(JOURNAL_KEY, encodeMark(mark));
    });
    slice = [];
    clears = false;
  };
  for (const { key, bytes } of unsettled.changes()) {
    slice.push({ key, bytes: bytes && seal(bytes) });
    if (slice.length < SLICE_RECORDS) continue;
    write(settling);
    await setImmediate();
  }
  write({ ...settling, settled });
}
