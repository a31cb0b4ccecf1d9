import { type Database, open } from 'lmdb';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { seal, unseal } from './checksum.js';
import {
  flush,
  inspect,
  makeFolder,
  requireRoom,
  requireRoomFor,
  reserveLockFile,
  writeFile,
} from './data-folder.js';
import { DamagedDataFolderError, DataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { COPY_FOLDERS, CREATION_MARK, DATA_FILE, JOURNAL_FILE, LOCK_FILE } from './folder-inspection.js';
import { type FolderLock, type Holder, type HolderRecord, lockFolder } from './folder-lock.js';
import { readJournal } from './journal.js';
import {
  commitsAfter,
  JOURNAL_ID_BYTES,
  JournalError,
  journalIdOf,
  LENGTH_BYTES,
  lengthAt,
} from './journal-format.js';
import { decodeRecordKey, encodeRecordKey, type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange, type RecordReader } from './record-store.js';
import { UnsettledRecords } from './unsettled-records.js';

export interface LmdbStoreOptions {
  /** Whether a commit is flushed to the disk before it counts; without, it survives the process, not the machine. */
  flushes: boolean;
}

const FORMAT = 'atalaya-timeseries 2';
/** Without a journal; taken over as it is. */
const FORMAT_BEFORE = 'atalaya-timeseries 1';
const FORMAT_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 0, partId: 0 });
const JOURNAL_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 1, partId: 0 });
const HOLDER_KEY = encodeRecordKey({ kind: RecordKind.holder, objectId: 0, partId: 0 });

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

/**
 * Opens the records of a folder, which is created where it does not exist, for this process alone. What a journal of
 * before has is in the data file when it resolves, and the journal gone.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError, DataFolderInUseError; DataFolderError for others.
 */
export async function openLmdbStore(folder: string, options: LmdbStoreOptions): Promise<LmdbStore> {
  const path = makeFolder(folder);
  await inspect(path);
  requireRoom(path);
  reserveLockFile(path);
  const dataFile = join(path, DATA_FILE);
  const found = statSync(dataFile, { throwIfNoEntry: false });
  if (found === undefined) writeFile(path, CREATION_MARK, Buffer.alloc(0));
  // A journal is not removed before the data file was flushed.
  const flushes = options.flushes || existsSync(join(path, JOURNAL_FILE));
  const database = openDatabase(path, flushes ? {} : { noSync: true });
  let lock: FolderLock | undefined;
  try {
    refuseOtherFormats(path, database);
    lock = await lockFolder(path, holderRecord(database));
    if (found !== undefined && statSync(dataFile).ino !== found.ino) {
      // Its holder put a compacted file in its place before it gave the folder up: this one is no longer in the folder.
      await lock.leave();
      lock = undefined;
      await database.close();
      return await openLmdbStore(folder, options);
    }
    rmSync(join(path, CREATION_MARK), { force: true });
    // Left by a copy that died.
    for (const name of COPY_FOLDERS) rmSync(join(path, name), { recursive: true, force: true });
    const store = new LmdbStore(path, database, lock);
    await settleJournal(store);
    return store;
  } catch (error) {
    await lock?.leave();
    await database.close();
    throw error;
  }
}

/**
 * Opens the records of a folder to read and copy them, also while another process writes to it. What is read, or
 * copied, by one call is what was committed when it began. Errors of reading call the folder by the given name.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError, DataFolderError
 */
export async function openLmdbReader(folder: string, name = folder): Promise<LmdbReader> {
  if (!existsSync(join(folder, DATA_FILE))) {
    throw new DataFolderError(`The data folder ${folder} holds no time series. Name the folder of an API.`);
  }
  const path = makeFolder(folder);
  await inspect(path);
  reserveLockFile(path);
  const database = openDatabase(path, { readOnly: true });
  try {
    refuseOtherFormats(path, database);
    return new LmdbReader(name, database, path);
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase(
  path: string,
  mode: { noSync?: boolean; readOnly?: boolean },
): Database<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({
      path,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      compression: false,
      ...mode,
    });
  } catch (cause) {
    throw new DamagedDataFolderError(
      `The time series in ${join(path, DATA_FILE)} cannot be opened: ${String(cause)}. Restore the folder from a copy, or choose another one.`,
      { cause },
    );
  }
}

function refuseOtherFormats(path: string, database: Database<Buffer, Buffer>): void {
  const format = database.getBinary(FORMAT_KEY);
  if (format !== undefined && ![FORMAT, FORMAT_BEFORE].includes(format.toString())) {
    throw foreign(path, `its format is "${format.toString('latin1').slice(0, 40)}", not "${FORMAT}"`);
  }
  if (format === undefined && database.getKeysCount({ limit: 1 }) > 0) {
    throw foreign(path, 'its database is not one of the embedded time series');
  }
}

/** Brings what the journal of before has into the data file. */
async function settleJournal(store: LmdbStore): Promise<void> {
  const journal = readJournal(store.path);
  if (journal === undefined) return;
  try {
    const id = journalIdOf(journal);
    if (id !== undefined) {
      const mark = journalMarkOf(store.database);
      if (mark?.id.equals(id) !== true) throw new JournalError('it is that of another data file');
      const [unsettled, settled] = unsettledOf(journal, mark);
      let bytes = 0;
      for (const change of unsettled.changes()) bytes += change.bytes?.length ?? 0;
      requireRoomFor(store.path, { count: unsettled.count, bytes });
      await store.settle(unsettled, { id, settled });
    }
  } catch (cause) {
    if (!(cause instanceof JournalError)) throw cause;
    throw new DamagedDataFolderError(
      `The data folder ${store.path} is damaged: ${JOURNAL_FILE} cannot be used, ${cause.message}. Restore the folder from a copy, or move ${JOURNAL_FILE} away and lose its commits.`,
      { cause },
    );
  }
  rmSync(join(store.path, JOURNAL_FILE));
}

/** What a journal has after the mark, and its newest commit. */
function unsettledOf(journal: Buffer, mark: JournalMark): [UnsettledRecords, number] {
  const unsettled = new UnsettledRecords({
    bytesAt: (at) => {
      const length = lengthAt(journal, at);
      const start = at + LENGTH_BYTES;
      return length === undefined ? undefined : journal.subarray(start, start + length);
    },
  });
  let { settled } = mark;
  for (const { sequence, entries, clears } of commitsAfter(journal, settled)) {
    unsettled.add(entries, clears);
    settled = sequence;
  }
  return [unsettled, settled];
}

function journalMarkOf(database: Database<Buffer, Buffer>): JournalMark | undefined {
  const bytes = database.getBinary(JOURNAL_KEY);
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

/**
 * Takes changes over, in slices between which the event loop turns; on the disk when it resolves. Where it ends before,
 * the journal has all of them still, and the mark says so.
 */
async function settle(
  database: Database<Buffer, Buffer>,
  unsettled: UnsettledRecords,
  before: JournalMark,
  settled: number,
): Promise<void> {
  const settling = { ...before, settling: settled };
  let slice: RecordChange[] = [];
  let clears = unsettled.clears;
  const write = (mark: JournalMark) => {
    database.transactionSync(() => {
      if (clears) {
        for (const key of [...database.getKeys({ start: kindStart(RecordKind.object) })])
          database.removeSync(key);
      }
      for (const { key, bytes } of slice) {
        const encoded = encodeRecordKey(key);
        if (bytes === undefined) database.removeSync(encoded);
        else database.putSync(encoded, bytes);
      }
      database.putSync(JOURNAL_KEY, encodeMark(mark));
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

function foreign(path: string, reason: string): ForeignDataFolderError {
  return new ForeignDataFolderError(`The data folder ${path} is refused: ${reason}. Choose another folder.`);
}

function holderRecord(database: Database<Buffer, Buffer>): HolderRecord {
  return {
    claim: (holder, replaced) =>
      database.transactionSync(() => {
        const bytes = database.getBinary(HOLDER_KEY);
        const current = bytes && (JSON.parse(bytes.toString()) as Holder);
        if (current !== undefined && current.token !== replaced) return current;
        // With the first holder comes the format: a database of ours is never without.
        database.putSync(FORMAT_KEY, Buffer.from(FORMAT));
        database.putSync(HOLDER_KEY, Buffer.from(JSON.stringify(holder)));
        return undefined;
      }),
    release: (token) => {
      database.transactionSync(() => {
        const bytes = database.getBinary(HOLDER_KEY);
        if (bytes && (JSON.parse(bytes.toString()) as Holder).token === token)
          database.removeSync(HOLDER_KEY);
      });
    },
  };
}

/** The records of a folder, for reading and copying. */
export class LmdbReader implements RecordReader {
  /** @param path as errors call the folder */
  constructor(
    readonly path: string,
    readonly database: Database<Buffer, Buffer>,
    readonly folder = path,
  ) {}

  *objects(): Generator<{ id: number; bytes: Buffer }> {
    for (const { key: keyBytes, value } of this.database.getRange({
      start: kindStart(RecordKind.object),
      end: kindStart(RecordKind.object + 1),
    })) {
      const key = this.#decodeKey(keyBytes);
      yield { id: key.objectId, bytes: this.#unseal(value, key) };
    }
  }

  *elements(objectId: number): Generator<{ partId: number; bytes: Buffer }> {
    for (const { key: keyBytes, value } of this.database.getRange({
      start: encodeRecordKey({ kind: RecordKind.element, objectId, partId: 0 }),
      end: encodeRecordKey({ kind: RecordKind.element, objectId: objectId + 1, partId: 0 }),
    })) {
      const key = this.#decodeKey(keyBytes);
      yield { partId: key.partId, bytes: this.#unseal(value, key) };
    }
  }

  read(key: RecordKey): Buffer | undefined {
    const bytes = this.database.getBinary(encodeRecordKey(key));
    return bytes && this.#unseal(bytes, key);
  }

  require(key: RecordKey): Buffer {
    const bytes = this.read(key);
    if (bytes === undefined) {
      throw this.#damaged(`the record ${key.kind}/${key.objectId}/${key.partId} is missing`);
    }
    return bytes;
  }

  /** Reads every record and checks its checksum; how many there are. */
  checkRecords(): number {
    let count = 0;
    for (const { key, value } of this.database.getRange({ start: kindStart(RecordKind.object) })) {
      this.#unseal(value, this.#decodeKey(key));
      count++;
    }
    return count;
  }

  /**
   * Writes a copy without free pages, of what is committed at this moment, into a folder that holds none. Rejects with
   * the reason of the operating system.
   */
  async copyTo(folder: string): Promise<void> {
    for (let attempt = 1; attempt <= COPIES; attempt++) {
      // Before the data file: what is no longer in it by then is in the data file.
      const journal = readJournal(this.folder);
      await this.database.backup(folder, true);
      if (journal === undefined || (await continueCopy(folder, journal))) return;
      rmSync(join(folder, DATA_FILE));
      await setTimeout(COPY_PAUSE_MS);
    }
    throw new Error(`in ${COPIES} attempts the data file was taking over commits each time`);
  }

  async close(): Promise<void> {
    await this.database.close();
  }

  #decodeKey(bytes: Buffer): RecordKey {
    const key = decodeRecordKey(bytes);
    if (key === undefined) throw this.#damaged('a record has an unknown key');
    return key;
  }

  #unseal(sealed: Buffer, key: RecordKey): Buffer {
    const bytes = unseal(sealed);
    if (bytes === undefined)
      throw this.#damaged(`the record ${key.kind}/${key.objectId}/${key.partId} is corrupt`);
    return bytes;
  }

  #damaged(reason: string): DataFolderError {
    return new DamagedDataFolderError(
      `The data folder ${this.path} is damaged: ${reason}. Restore it from a copy, or choose another folder.`,
    );
  }
}

/** A copy of a data file that takes commits over lacks what it has not taken over yet: another one is made. */
const COPIES = 20;
const COPY_PAUSE_MS = 100;

/**
 * Brings into a copy what the journal of its original has beyond it; whether it is of one moment then. It is not where it
 * has some of commits that the journal did not have yet.
 */
async function continueCopy(folder: string, journal: Buffer): Promise<boolean> {
  const copy = openDatabase(folder, {});
  try {
    const mark = journalMarkOf(copy);
    // With another journal by now, the data file has had all of this one.
    if (mark === undefined || journalIdOf(journal)?.equals(mark.id) !== true) return true;
    const [unsettled, settled] = unsettledOf(journal, mark);
    if (settled < mark.settling) return false;
    await settle(copy, unsettled, mark, settled);
    return true;
  } finally {
    await copy.close();
  }
}

/** How often it is looked at whether a process that read the file is dead: its snapshot keeps pages from being used again. */
const READER_CHECK_INTERVAL_MS = 10_000;

/** The records of a folder that this process alone writes. */
export class LmdbStore extends LmdbReader {
  #readersCheckedAtMs = 0;

  constructor(
    path: string,
    database: Database<Buffer, Buffer>,
    readonly lock: FolderLock,
  ) {
    super(path, database);
  }

  /** From now on a journal of that id continues the data file. */
  beginJournal(id: Buffer): void {
    this.database.transactionSync(() => {
      this.database.putSync(JOURNAL_KEY, encodeMark({ id, settled: 0, settling: 0 }));
    });
  }

  /**
   * Takes over what the journal has up to a commit, for which the disk must have the room. The library's asynchronous
   * writes would keep the event loop free meanwhile, but one that fails then shows as an unhandled rejection of a promise
   * that only the library holds.
   */
  async settle(unsettled: UnsettledRecords, { id, settled }: Omit<JournalMark, 'settling'>): Promise<void> {
    this.#forgetDeadReaders();
    const mark = journalMarkOf(this.database) ?? { settled: 0, settling: 0 };
    await settle(this.database, unsettled, { ...mark, id }, settled);
  }

  override async close(): Promise<void> {
    await this.lock.release();
    await super.close();
  }

  /** Ends the use of the folder with another data file in the place of its own, in one step. */
  async replaceBy(file: string): Promise<void> {
    await super.close();
    try {
      // It belongs to the old file; the next one who opens the folder makes it.
      rmSync(join(this.path, LOCK_FILE), { force: true });
      renameSync(file, join(this.path, DATA_FILE));
      await flush(this.path);
    } finally {
      await this.lock.leave();
    }
  }

  #forgetDeadReaders(): void {
    const now = Date.now();
    if (now - this.#readersCheckedAtMs < READER_CHECK_INTERVAL_MS) return;
    this.#readersCheckedAtMs = now;
    this.database.readerCheck();
  }
}

function kindStart(kind: number): Buffer {
  return Buffer.from([kind]);
}
