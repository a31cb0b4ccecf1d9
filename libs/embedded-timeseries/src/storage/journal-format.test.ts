import { randomBytes } from 'node:crypto';
import {
  bytesAt,
  type Commit,
  commitBytes,
  commitsAfter,
  encodeJournalHeader,
  entriesOf,
  JOURNAL_HEADER_BYTES,
  JOURNAL_ID_BYTES,
  journalIdOf,
  writeCommit,
} from './journal-format.js';
import { RecordKind } from './record-key.js';

const id = randomBytes(JOURNAL_ID_BYTES);

function commit(sequence: number, text = `value ${sequence}`): Commit {
  return {
    sequence,
    clears: sequence % 3 === 0,
    changes: [
      { key: { kind: RecordKind.element, objectId: 2 ** 40, partId: sequence }, bytes: undefined },
      { key: { kind: RecordKind.chunk, objectId: 1, partId: 2 }, bytes: Buffer.alloc(0) },
      { key: { kind: RecordKind.object, objectId: sequence, partId: 0 }, bytes: Buffer.from(text) },
    ],
  };
}

function encodeCommit(written: Commit): Buffer {
  const bytes = Buffer.alloc(commitBytes(written.changes));
  writeCommit(bytes, written);
  return bytes;
}

function journal(...commits: Commit[]): Buffer {
  return Buffer.concat([encodeJournalHeader(id), ...commits.map(encodeCommit)]);
}

const sequences = (bytes: Buffer, settled: number) =>
  [...commitsAfter(bytes, settled)].map(({ sequence }) => sequence);

test('commits are read as they were written, those after the mark', () => {
  const bytes = journal(commit(5), commit(6), commit(7));
  expect(journalIdOf(bytes)?.equals(id)).toBe(true);
  const read = [...commitsAfter(bytes, 5)].map(({ sequence, clears, entries }) => ({
    sequence,
    clears,
    changes: entries.map(({ key, at }) => ({ key, bytes: bytesAt(bytes, at) })),
  }));
  expect(read).toEqual([commit(6), commit(7)]);
  const [first] = commitsAfter(bytes, 4);
  expect([...entriesOf(commit(5).changes, JOURNAL_HEADER_BYTES)]).toEqual(first?.entries);
  expect(sequences(bytes, 4)).toEqual([5, 6, 7]);
  expect(sequences(bytes, 7)).toEqual([]);
});

test('room that was made ahead, and a commit that is cut off anywhere, end it', () => {
  const whole = journal(commit(1), commit(2));
  expect(sequences(Buffer.concat([whole, Buffer.alloc(5000)]), 0)).toEqual([1, 2]);
  const last = encodeCommit(commit(3));
  for (let length = 0; length < last.length; length++) {
    const torn = Buffer.concat([whole, last.subarray(0, length)]);
    expect(sequences(torn, 0)).toEqual([1, 2]);
    expect(sequences(Buffer.concat([torn, Buffer.alloc(500)]), 0)).toEqual([1, 2]);
  }
});

test('what an older round left behind the newest commit does not count', () => {
  const older = journal(...[1, 2, 3, 4, 5, 6].map((sequence) => commit(sequence)));
  for (let newer = 1; newer <= 3; newer++) {
    const bytes = Buffer.from(older);
    journal(
      ...[7, 8, 9].slice(0, newer).map((sequence) => commit(sequence, `longer value ${sequence}`)),
    ).copy(bytes);
    expect(sequences(bytes, 6)).toEqual([7, 8, 9].slice(0, newer));
    // Frames of the same length end where older ones begin.
    const aligned = Buffer.from(older);
    journal(...[7, 8, 9].slice(0, newer).map((sequence) => commit(sequence))).copy(aligned);
    expect(sequences(aligned, 6)).toEqual([7, 8, 9].slice(0, newer));
  }
  expect(sequences(older, 6)).toEqual([]);
});

test('a commit in the middle that was damaged is no end', () => {
  const bytes = journal(commit(1), commit(2), commit(3));
  const start = journal(commit(1)).length;
  const end = journal(commit(1), commit(2)).length;
  for (let at = start + 4; at < end; at++) {
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 0x40;
    expect(() => sequences(damaged, 0)).toThrow('commit 2 in it is damaged');
  }
  bytes[start - 1]! ^= 1;
  expect(() => sequences(bytes, 0)).toThrow('commit 1 in it is damaged');
});

test('a journal that begins after the mark does not continue it', () => {
  expect(() => sequences(journal(commit(9)), 7)).toThrow(
    'it begins with commit 9, and the data file ends with 7',
  );
});

test('a journal whose making was interrupted has no id, one whose beginning was overwritten is refused', () => {
  const header = encodeJournalHeader(id);
  for (let length = 0; length < header.length; length++) {
    expect(journalIdOf(header.subarray(0, length))).toBeUndefined();
  }
  expect(journalIdOf(Buffer.alloc(5000))).toBeUndefined();
  const overwritten = journal(commit(1)).fill(0, 0, 8);
  expect(() => journalIdOf(overwritten)).toThrow('its beginning was overwritten');
});
