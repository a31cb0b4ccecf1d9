import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedDataFolderError, ForeignDataFolderError } from './data-folder-error.js';

export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';
const OWN_FILES = /^(?:data\.mdb|lock\.mdb|holder-[0-9a-f]+\.sock)$/;
/** Files that lie about anywhere. */
const HARMLESS_FILES = /^\.(?:gitignore|gitkeep|DS_Store|nfs.*)$/;

const META_PAGES = 2;
const META_MAGIC = 0xbeefc0de;

/**
 * Refuses a folder that is not ours or whose database is cut off or overwritten, before LMDB maps the file: it takes
 * a valid file for granted, and a missing page would end the process.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError
 */
export function inspectFolder(folder: string): void {
  const dataFile = join(folder, DATA_FILE);
  if (existsSync(dataFile)) {
    inspectDataFile(folder, dataFile);
    return;
  }
  const others = readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => !entry.isDirectory() && !OWN_FILES.test(entry.name) && !HARMLESS_FILES.test(entry.name),
    )
    .map(({ name }) => name);
  if (others.length > 0) {
    throw new ForeignDataFolderError(
      `The data folder ${folder} is refused: it holds no time series but other files (${others.slice(0, 3).join(', ')}). Choose an empty folder.`,
    );
  }
}

/** Offsets within a meta page: 24 bytes of page header, then `MDB_meta` of LMDB's data version 2 in 64 bits. */
const META = { magic: 24, version: 28, pageSize: 48, lastPage: 144, transaction: 152, end: 160 };

function inspectDataFile(folder: string, dataFile: string): void {
  const file = openSync(dataFile, 'r');
  try {
    const { size } = fstatSync(file);
    // A process that died while it created the file leaves it empty; LMDB then starts afresh.
    if (size === 0) return;
    const first = Buffer.alloc(META.end);
    if (readSync(file, first, 0, META.end, 0) < META.end || first.readUInt32LE(META.magic) !== META_MAGIC) {
      throw damaged(folder, `${DATA_FILE} is not an LMDB database`);
    }
    const pageSize = first.readUInt32LE(META.pageSize);
    if (pageSize < 512 || pageSize > 65_536)
      throw damaged(folder, `${DATA_FILE} has a page size of ${pageSize}`);
    const metas = Array.from({ length: META_PAGES }, (_unused, index) => {
      const bytes = Buffer.alloc(META.end);
      readSync(file, bytes, 0, META.end, index * pageSize);
      return bytes;
    });
    if (metas.some((meta) => meta.readUInt32LE(META.magic) !== META_MAGIC)) {
      throw damaged(folder, `a header of ${DATA_FILE} is overwritten`);
    }
    const newest = metas.reduce((a, b) => (transaction(a) >= transaction(b) ? a : b));
    const needed = (Number(newest.readBigUInt64LE(META.lastPage)) + 1) * pageSize;
    if (size < needed) {
      throw damaged(folder, `${DATA_FILE} is cut off: ${size} bytes instead of at least ${needed}`);
    }
  } finally {
    closeSync(file);
  }
}

function transaction(meta: Buffer): bigint {
  return meta.readBigUInt64LE(META.transaction);
}

function damaged(folder: string, reason: string): DamagedDataFolderError {
  return new DamagedDataFolderError(
    `The data folder ${folder} is damaged: ${reason}. Restore it from a copy, or choose another folder.`,
  );
}
