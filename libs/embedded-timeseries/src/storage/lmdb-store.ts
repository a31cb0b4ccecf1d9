import { type Database, open } from 'lmdb';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { seal, unseal } from './checksum.js';
import { DamagedDataFolderError, type DataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { DATA_FILE, inspectFolder } from './folder-inspection.js';
import { type Holder, type HolderRecord, lockFolder } from './folder-lock.js';
import { decodeRecordKey, encodeRecordKey, type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange, type RecordStore } from './record-store.js';

export interface LmdbStoreOptions {
  /** Bound of the database's size in bytes; a commit beyond it fails. Default: bounded by the disk alone. */
  maxBytes?: number;
}

const FORMAT = 'atalaya-timeseries 1';
const FORMAT_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 0, partId: 0 });
const HOLDER_KEY = encodeRecordKey({ kind: RecordKind.holder, objectId: 0, partId: 0 });

/**
 * Opens the records of a folder, which is created where it does not exist, for this process alone.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError, DataFolderInUseError; DataFolderError for others.
 */
export async function openLmdbStore(folder: string, options: LmdbStoreOptions = {}): Promise<RecordStore> {
  mkdirSync(folder, { recursive: true });
  const path = realpathSync(folder);
  inspectFolder(path);
  const database = openDatabase(path, options);
  try {
    const unlock = await lockFolder(path, holderRecord(database));
    try {
      checkFormat(path, database);
      return new LmdbStore(path, database, unlock);
    } catch (error) {
      await unlock();
      throw error;
    }
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openDatabase(path: string, { maxBytes }: LmdbStoreOptions): Database<Buffer, Buffer> {
  try {
    return open<Buffer, Buffer>({
      path,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      compression: false,
      ...(maxBytes === undefined ? {} : { mapSize: maxBytes }),
    });
  } catch (cause) {
    throw new DamagedDataFolderError(
      `The time series in ${join(path, DATA_FILE)} cannot be opened: ${String(cause)}. Restore the folder from a copy, or choose another one.`,
      { cause },
    );
  }
}

function checkFormat(path: string, database: Database<Buffer, Buffer>): void {
  const format = database.getBinary(FORMAT_KEY);
  if (format === undefined) {
    const [first] = database.getKeys({ limit: 2 }).filter((key) => !HOLDER_KEY.equals(key));
    if (first !== undefined) throw foreign(path, 'its database is not one of the embedded time series');
    database.putSync(FORMAT_KEY, Buffer.from(FORMAT));
  } else if (format.toString() !== FORMAT) {
    throw foreign(path, `its format is "${format.toString('latin1').slice(0, 40)}", not "${FORMAT}"`);
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

  *load(): Generator<{ key: RecordKey; bytes: Buffer }> {
    for (const [first, end] of [
      [RecordKind.object, RecordKind.chunk],
      [RecordKind.element, RecordKind.element + 1],
    ] as const) {
      for (const { key: keyBytes, value } of this.database.getRange({
        start: kindStart(first),
        end: kindStart(end),
      })) {
        const key = decodeRecordKey(keyBytes);
        if (key === undefined) throw this.#damaged('a record has an unknown key');
        yield { key, bytes: this.#unseal(value, key) };
      }
    }
  }

  read(key: RecordKey): Buffer | undefined {
    const bytes = this.database.getBinary(encodeRecordKey(key));
    return bytes && this.#unseal(bytes, key);
  }

  async commit(changes: readonly RecordChange[]): Promise<void> {
    const written = this.database.batch(() => {
      for (const { key, bytes } of changes) {
        const encoded = encodeRecordKey(key);
        // The outcome of each is that of the whole batch.
        if (bytes === undefined) void this.database.remove(encoded).catch(() => {});
        else void this.database.put(encoded, seal(bytes)).catch(() => {});
      }
    });
    await written;
  }

  async close(): Promise<void> {
    await this.unlock();
    await this.database.close();
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

function kindStart(kind: number): Buffer {
  return Buffer.from([kind]);
}
