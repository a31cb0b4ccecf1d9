import { type Database, open } from 'lmdb';
import { join } from 'node:path';
import { DamagedDataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { DATA_FILE } from './folder-inspection.js';
import { type Holder, type HolderRecord } from './folder-lock.js';
import { encodeRecordKey, RecordKind } from './record-key.js';

/** The data file of a folder, as the library has it open. */
export type LmdbFile = Database<Buffer, Buffer>;

const FORMAT = 'atalaya-timeseries 3';
/** 1 is without a journal, and in 2 the records of series name their parts; both are taken over as they are. */
const FORMATS = ['atalaya-timeseries 1', 'atalaya-timeseries 2', FORMAT];
/**
 * Addresses for the file to grow into, 1 TiB. Without, the library maps it anew each time that it has grown by half, and keeps the
 * mappings of before, with all pages that were read by them.
 */
const MAP_BYTES = 2 ** 40;
const FORMAT_KEY = encodeRecordKey({ kind: RecordKind.format, objectId: 0, partId: 0 });
const HOLDER_KEY = encodeRecordKey({ kind: RecordKind.holder, objectId: 0, partId: 0 });

/** @throws DamagedDataFolderError, ForeignDataFolderError */
export async function openLmdbFile(
  path: string,
  mode: { noSync?: boolean; readOnly?: boolean } = {},
): Promise<LmdbFile> {
  const file = openDatabase(path, mode);
  try {
    refuseOtherFormats(path, file);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

function openDatabase(path: string, mode: { noSync?: boolean; readOnly?: boolean }): LmdbFile {
  try {
    return open<Buffer, Buffer>({
      path,
      noSubdir: false,
      encoding: 'binary',
      keyEncoding: 'binary',
      compression: false,
      mapSize: MAP_BYTES,
      ...mode,
    });
  } catch (cause) {
    throw new DamagedDataFolderError(
      `The time series in ${join(path, DATA_FILE)} cannot be opened: ${String(cause)}. Restore the folder from a copy, or choose another one.`,
      { cause },
    );
  }
}

function refuseOtherFormats(path: string, file: LmdbFile): void {
  const format = file.getBinary(FORMAT_KEY);
  if (format !== undefined && !FORMATS.includes(format.toString())) {
    throw foreign(path, `its format is "${format.toString('latin1').slice(0, 40)}", not "${FORMAT}"`);
  }
  if (format === undefined && file.getKeysCount({ limit: 1 }) > 0) {
    throw foreign(path, 'its database is not one of the embedded time series');
  }
}

function foreign(path: string, reason: string): ForeignDataFolderError {
  return new ForeignDataFolderError(`The data folder ${path} is refused: ${reason}. Choose another folder.`);
}

/**
 * Must come before the first large transaction on a copy without free pages, a small one. A transaction that is the first
 * to free pages makes the table that lists them; is the list longer than a page, LMDB looks for room for it in that table,
 * which is still empty, and ends the process.
 */
export function beginFreePages(file: LmdbFile): void {
  file.transactionSync(() => {
    const format = file.getBinary(FORMAT_KEY);
    if (format) file.putSync(FORMAT_KEY, format);
  });
}

/** In the data file, which one process at a time writes to. */
export function holderRecord(file: LmdbFile): HolderRecord {
  return {
    claim: (holder, replaced) =>
      file.transactionSync(() => {
        const bytes = file.getBinary(HOLDER_KEY);
        const current = bytes && (JSON.parse(bytes.toString()) as Holder);
        if (current !== undefined && current.token !== replaced) return current;
        // With the first holder comes the format: a database of ours is never without.
        file.putSync(FORMAT_KEY, Buffer.from(FORMAT));
        file.putSync(HOLDER_KEY, Buffer.from(JSON.stringify(holder)));
        return undefined;
      }),
    release: (token) => {
      file.transactionSync(() => {
        const bytes = file.getBinary(HOLDER_KEY);
        if (bytes && (JSON.parse(bytes.toString()) as Holder).token === token) file.removeSync(HOLDER_KEY);
      });
    },
  };
}
