import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  flush,
  inspect,
  makeFolder,
  requireRoom,
  requireRoomFor,
  reserveLockFile,
  writeFile,
} from './data-folder.js';
import { DamagedDataFolderError } from './data-folder-error.js';
import { COPY_FOLDERS, CREATION_MARK, DATA_FILE, JOURNAL_FILE, LOCK_FILE } from './folder-inspection.js';
import { type FolderLock, lockFolder } from './folder-lock.js';
import { readJournal } from './journal.js';
import { JournalError, journalIdOf } from './journal-format.js';
import { holderRecord, type LmdbFile, openLmdbFile } from './lmdb-file.js';
import { LmdbReader } from './lmdb-reader.js';
import { beginJournal, journalMarkOf, settle, unsettledOf } from './settle-journal.js';
import { type UnsettledRecords } from './unsettled-records.js';

export interface LmdbStoreOptions {
  /** Whether a commit is flushed to the disk before it counts; without, it survives the process, not the machine. */
  flushes: boolean;
}

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
  const file = await openLmdbFile(path, flushes ? {} : { noSync: true });
  let lock: FolderLock | undefined;
  try {
    lock = await lockFolder(path, holderRecord(file));
    if (found !== undefined && statSync(dataFile).ino !== found.ino) {
      // Its holder put a compacted file in its place before it gave the folder up: this one is no longer in the folder.
      await lock.leave();
      lock = undefined;
      await file.close();
      return await openLmdbStore(folder, options);
    }
    rmSync(join(path, CREATION_MARK), { force: true });
    // Left by a copy that died.
    for (const name of COPY_FOLDERS) rmSync(join(path, name), { recursive: true, force: true });
    const store = new LmdbStore(path, file, lock);
    await settleJournal(store);
    return store;
  } catch (error) {
    await lock?.leave();
    await file.close();
    throw error;
  }
}

/** Brings what the journal of before has into the data file. */
async function settleJournal(store: LmdbStore): Promise<void> {
  const journal = readJournal(store.path);
  if (journal === undefined) return;
  try {
    const id = journalIdOf(journal);
    if (id !== undefined) {
      const mark = journalMarkOf(store.file);
      if (mark?.id.equals(id) !== true) throw new JournalError('it is that of another data file');
      const [unsettled, settled] = unsettledOf(journal, mark);
      let bytes = 0;
      for (const change of unsettled.changes()) bytes += change.bytes?.length ?? 0;
      requireRoomFor(store.path, { count: unsettled.count, bytes });
      await store.settle(unsettled, settled);
    }
  } catch (cause) {
    if (!(cause instanceof JournalError)) throw cause;
    throw new DamagedDataFolderError(
      `The data folder ${store.path} is damaged: ${JOURNAL_FILE} cannot be used, ${cause.message}. Restore the folder from a copy, or move ${JOURNAL_FILE} away and lose its commits.`,
      { cause },
    );
  }
  rmSync(join(store.path, JOURNAL_FILE));
  // Before another one continues the data file: the old one must not come back after a power loss.
  await flush(store.path);
}

/** How often it is looked at whether a process that read the file is dead: its snapshot keeps pages from being used again. */
const READER_CHECK_INTERVAL_MS = 10_000;

/** The records of a folder that this process alone writes. */
export class LmdbStore extends LmdbReader {
  #readersCheckedAtMs = 0;

  constructor(
    path: string,
    file: LmdbFile,
    readonly lock: FolderLock,
  ) {
    super(path, file);
  }

  /** From now on a journal of that id continues the data file. */
  beginJournal(id: Buffer): void {
    beginJournal(this.file, id);
  }

  /**
   * Takes over what the journal has up to a commit, for which the disk must have the room. The library's asynchronous
   * writes would keep the event loop free meanwhile, but one that fails then shows as an unhandled rejection of a promise
   * that only the library holds.
   */
  async settle(unsettled: UnsettledRecords, settled: number): Promise<void> {
    this.#forgetDeadReaders();
    await settle(this.file, unsettled, settled);
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
    this.file.readerCheck();
  }
}
