import { type Database, open } from 'lmdb';
import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { seal, unseal } from './checksum.js';
import {
  flush,
  freeBytes,
  inspect,
  makeFolder,
  MIN_FREE_BYTES,
  requireRoom,
  requireRoomFor,
  reserveLockFile,
  writeFile,
} from './data-folder.js';
import { DamagedDataFolderError, DataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { COPY_FOLDERS, CREATION_MARK, DATA_FILE, LOCK_FILE } from './folder-inspection.js';
import { type FolderLock, type Holder, type HolderRecord, lockFolder } from './folder-lock.js';
import { decodeRecordKey, encodeRecordKey, type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange, type RecordReader, type RecordStore } from './record-store.js';

export interface LmdbStoreOptions {
  /** Whether a commit is flushed to the disk before it counts; without, it survives the process, not the machine. */
  flushes: boolean;
}

const FORMAT = 'atalaya-timeseries 1';
const FORMAT_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 0, partId: 0 });
const HOLDER_KEY = encodeRecordKey({ kind: RecordKind.holder, objectId: 0, partId: 0 });

/**
 * Opens the records of a folder, which is created where it does not exist, for this process alone.
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
  const database = openDatabase(path, options.flushes ? {} : { noSync: true });
  try {
    refuseOtherFormats(path, database);
    const lock = await lockFolder(path, holderRecord(database));
    if (found !== undefined && statSync(dataFile).ino !== found.ino) {
      // Its holder put a compacted file in its place before it gave the folder up: this one is no longer in the folder.
      await lock.leave();
      await database.close();
      return await openLmdbStore(folder, options);
    }
    rmSync(join(path, CREATION_MARK), { force: true });
    // Left by a copy that died.
    for (const name of COPY_FOLDERS) rmSync(join(path, name), { recursive: true, force: true });
    return new LmdbStore(path, database, lock);
  } catch (error) {
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
    return new LmdbReader(name, database);
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
  if (format !== undefined && format.toString() !== FORMAT) {
    throw foreign(path, `its format is "${format.toString('latin1').slice(0, 40)}", not "${FORMAT}"`);
  }
  if (format === undefined && database.getKeysCount({ limit: 1 }) > 0) {
    throw foreign(path, 'its database is not one of the embedded time series');
  }
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
  constructor(
    readonly path: string,
    readonly database: Database<Buffer, Buffer>,
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
    await this.database.backup(folder, true);
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

/** How often it is looked at whether a process that read the file is dead: its snapshot keeps pages from being used again. */
const READER_CHECK_INTERVAL_MS = 10_000;

/** The records of a folder that this process alone writes. */
export class LmdbStore extends LmdbReader implements RecordStore {
  #readersCheckedAtMs = 0;

  constructor(
    path: string,
    database: Database<Buffer, Buffer>,
    readonly lock: FolderLock,
  ) {
    super(path, database);
  }

  /**
   * Commits before it returns. The library's asynchronous writes would keep the event loop free meanwhile, but a
   * commit that fails then shows as an unhandled rejection of a promise that only the library holds.
   */
  commit(changes: readonly RecordChange[], clears: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        requireRoomFor(this.path, changes);
        this.#forgetDeadReaders();
        this.database.transactionSync(() => {
          if (clears) this.#removeAll();
          for (const { key, bytes } of changes) {
            const encoded = encodeRecordKey(key);
            if (bytes === undefined) this.database.removeSync(encoded);
            else this.database.putSync(encoded, seal(bytes));
          }
        });
        resolve();
      } catch (error) {
        reject(error instanceof DataFolderError ? error : describeFailure(this.path, error));
      }
    });
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

  #removeAll(): void {
    const all = [...this.database.getKeys({ start: kindStart(RecordKind.object) })];
    for (const key of all) this.database.removeSync(key);
  }

  #forgetDeadReaders(): void {
    const now = Date.now();
    if (now - this.#readersCheckedAtMs < READER_CHECK_INTERVAL_MS) return;
    this.#readersCheckedAtMs = now;
    this.database.readerCheck();
  }
}

/** LMDB reports a full disk as an input/output error. */
function describeFailure(path: string, error: unknown): Error {
  const free = freeBytes(path);
  const reason = error instanceof Error ? error.message : String(error);
  const text = free < MIN_FREE_BYTES ? `no space left on the disk: ${reason}` : reason;
  return new DataFolderError(text, { cause: error });
}

function kindStart(kind: number): Buffer {
  return Buffer.from([kind]);
}
