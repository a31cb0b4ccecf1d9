import { type Database, open } from 'lmdb';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { seal, unseal } from './checksum.js';
import { DamagedDataFolderError, DataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { CREATION_MARK, DATA_FILE, inspectFolder, LOCK_FILE } from './folder-inspection.js';
import { type Holder, type HolderRecord, isHeld, lockFolder } from './folder-lock.js';
import { decodeRecordKey, encodeRecordKey, type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange, type RecordStore } from './record-store.js';

export interface LmdbStoreOptions {
  /** Whether a commit is flushed to the disk before it counts; without, it survives the process, not the machine. */
  flushes: boolean;
}

/** Unit of `blocks` in the result of stat. */
const STAT_BLOCK_BYTES = 512;

const FORMAT = 'atalaya-timeseries 1';
const FORMAT_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 0, partId: 0 });
const HOLDER_KEY = encodeRecordKey({ kind: RecordKind.holder, objectId: 0, partId: 0 });

/**
 * Opens the records of a folder, which is created where it does not exist, for this process alone.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError, DataFolderInUseError; DataFolderError for others.
 */
export async function openLmdbStore(folder: string, options: LmdbStoreOptions): Promise<RecordStore> {
  const path = makeFolder(folder);
  await inspect(path);
  requireRoom(path);
  reserveLockFile(path);
  if (!existsSync(join(path, DATA_FILE))) writeFile(path, CREATION_MARK, Buffer.alloc(0));
  const database = openDatabase(path, options);
  try {
    refuseOtherFormats(path, database);
    const unlock = await lockFolder(path, holderRecord(database));
    rmSync(join(path, CREATION_MARK), { force: true });
    return new LmdbStore(path, database, unlock);
  } catch (error) {
    await database.close();
    throw error;
  }
}

/**
 * The real path of a folder, which is made where it does not exist, its parents too. Done step by step: with
 * `recursive`, Node tries without end where a file system says of an existing folder that it does not exist (/proc).
 *
 * @throws DataFolderError
 */
function makeFolder(folder: string): string {
  try {
    const missing: string[] = [];
    for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
    for (const path of missing) mkdirSync(path);
    const path = realpathSync(folder);
    readdirSync(path);
    return path;
  } catch (cause) {
    throw new DataFolderError(
      `The data folder ${folder} cannot be used: ${String(cause)}. Choose a folder that this user may make and write to.`,
      { cause },
    );
  }
}

const INSPECTIONS = 5;
const INSPECTION_PAUSE_MS = 100;

/** A folder that a living process writes to looks damaged at times; the lock will tell whose it is. */
async function inspect(path: string): Promise<void> {
  for (let attempt = 1; !(await isHeld(path)); attempt++) {
    try {
      inspectFolder(path);
      return;
    } catch (error) {
      if (attempt === INSPECTIONS) throw error;
      await setTimeout(INSPECTION_PAUSE_MS);
    }
  }
}

/** LMDB cannot be opened safely on a disk that has no room for its first pages. */
const MIN_FREE_BYTES = 1024 * 1024;

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function requireRoom(path: string): void {
  const free = freeBytes(path);
  if (free >= MIN_FREE_BYTES) return;
  throw new DataFolderError(
    `The disk of the data folder ${path} has only ${free} bytes left; ${MIN_FREE_BYTES} are needed to start. Free space and try again.`,
  );
}

/** What a commit may write besides its records: the pages of the trees on the way to them, each anew. */
const PAGES_BYTES_PER_CHANGE = 4 * 4096;

/**
 * Refuses a commit for which the disk may have no room. LMDB must not meet a full disk: when a write of its pages fails in
 * the middle, it can be left with a damaged heap and end the process.
 */
function requireRoomFor(path: string, changes: readonly RecordChange[]): void {
  const records = changes.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0);
  const needed = MIN_FREE_BYTES / 2 + records + changes.length * PAGES_BYTES_PER_CHANGE;
  const free = freeBytes(path);
  if (free >= needed) return;
  throw new DataFolderError(
    `no space left on the disk: ${free} bytes are free, and this commit may need ${needed}`,
  );
}

/** What LMDB makes of a lock file for its default number of readers. */
const LOCK_FILE_BYTES = 8272;

/**
 * Gives the lock file its bytes before LMDB maps it: on a full disk, writing to a mapped hole would end the process.
 *
 * @throws DataFolderError where there is no room.
 */
function reserveLockFile(path: string): void {
  const file = join(path, LOCK_FILE);
  if (existsSync(file) && statSync(file).blocks * STAT_BLOCK_BYTES >= LOCK_FILE_BYTES) return;
  writeFile(path, LOCK_FILE, Buffer.alloc(LOCK_FILE_BYTES));
}

function writeFile(path: string, name: string, bytes: Buffer): void {
  try {
    writeFileSync(join(path, name), bytes);
  } catch (cause) {
    throw new DataFolderError(
      `The data folder ${path} cannot be written to: ${String(cause)}. Free space, or choose a folder that this user may write to.`,
      { cause },
    );
  }
}

function openDatabase(path: string, { flushes }: LmdbStoreOptions): Database<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({
      path,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      compression: false,
      ...(flushes ? {} : { noSync: true }),
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

class LmdbStore implements RecordStore {
  constructor(
    readonly path: string,
    readonly database: Database<Buffer, Buffer>,
    readonly unlock: () => Promise<void>,
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

  /**
   * Commits before it returns. The library's asynchronous writes would keep the event loop free meanwhile, but a
   * commit that fails then shows as an unhandled rejection of a promise that only the library holds.
   */
  commit(changes: readonly RecordChange[], clears: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      try {
        requireRoomFor(this.path, changes);
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

  async close(): Promise<void> {
    await this.unlock();
    await this.database.close();
  }

  #removeAll(): void {
    const all = [...this.database.getKeys({ start: kindStart(RecordKind.object) })];
    for (const key of all) this.database.removeSync(key);
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
