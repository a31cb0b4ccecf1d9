import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { unseal } from './checksum.js';
import { inspect, makeFolder, reserveLockFile } from './data-folder.js';
import { DamagedDataFolderError, DataFolderError } from './data-folder-error.js';
import { DATA_FILE } from './folder-inspection.js';
import { readJournal } from './journal.js';
import { journalIdOf } from './journal-format.js';
import { beginFreePages, type LmdbFile, openLmdbFile } from './lmdb-file.js';
import { decodeRecordKey, encodeRecordKey, kindStart, type RecordKey, RecordKind } from './record-key.js';
import { type RecordReader } from './record-store.js';
import { journalMarkOf, settle, unsettledOf } from './settle-journal.js';

/** A copy of a data file that takes commits over lacks what it has not taken over yet: another one is made. */
const COPIES = 20;
const COPY_PAUSE_MS = 100;

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
  return new LmdbReader(name, await openLmdbFile(path, { readOnly: true }), path);
}

/** The records of a folder, for reading and copying. */
export class LmdbReader implements RecordReader {
  /** @param path as errors call the folder */
  constructor(
    readonly path: string,
    readonly file: LmdbFile,
    readonly folder = path,
  ) {}

  *objects(): Generator<{ id: number; bytes: Buffer }> {
    for (const { key: keyBytes, value } of this.file.getRange({
      start: kindStart(RecordKind.object),
      end: kindStart(RecordKind.object + 1),
    })) {
      const key = this.#decodeKey(keyBytes);
      yield { id: key.objectId, bytes: this.#unseal(value, key) };
    }
  }

  *elements(objectId: number): Generator<{ partId: number; bytes: Buffer }> {
    for (const { key: keyBytes, value } of this.file.getRange({
      start: encodeRecordKey({ kind: RecordKind.element, objectId, partId: 0 }),
      end: encodeRecordKey({ kind: RecordKind.element, objectId: objectId + 1, partId: 0 }),
    })) {
      const key = this.#decodeKey(keyBytes);
      yield { partId: key.partId, bytes: this.#unseal(value, key) };
    }
  }

  read(key: RecordKey): Buffer | undefined {
    const bytes = this.file.getBinary(encodeRecordKey(key));
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
    for (const { key, value } of this.file.getRange({ start: kindStart(RecordKind.object) })) {
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
      await this.file.backup(folder, true);
      if (journal === undefined || (await continueCopy(folder, journal))) return;
      rmSync(join(folder, DATA_FILE));
      await setTimeout(COPY_PAUSE_MS);
    }
    throw new Error(`in ${COPIES} attempts the data file was taking over commits each time`);
  }

  async close(): Promise<void> {
    await this.file.close();
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

/**
 * Brings into a copy what the journal of its original has beyond it; whether it is of one moment then. It is not where it
 * has some of commits that the journal did not have yet.
 */
async function continueCopy(folder: string, journal: Buffer): Promise<boolean> {
  const copy = await openLmdbFile(folder);
  try {
    const mark = journalMarkOf(copy);
    // With another journal by now, the data file has had all of this one.
    if (mark === undefined || journalIdOf(journal)?.equals(mark.id) !== true) return true;
    const [unsettled, settled] = unsettledOf(journal, mark);
    if (settled < mark.settling) return false;
    beginFreePages(copy);
    await settle(copy, unsettled, settled);
    return true;
  } finally {
    await copy.close();
  }
}
