import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DataFolderError } from './data-folder-error.js';
import { inspectFolder, LOCK_FILE } from './folder-inspection.js';
import { isHeld } from './folder-lock.js';

/** Unit of `blocks` in the result of stat. */
const STAT_BLOCK_BYTES = 512;

/**
 * The real path of a folder, which is made where it does not exist, its parents too. Done step by step: with
 * `recursive`, Node tries without end where a file system says of an existing folder that it does not exist (/proc).
 *
 * @throws DataFolderError
 */
export function makeFolder(folder: string): string {
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
export async function inspect(path: string): Promise<void> {
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
export const MIN_FREE_BYTES = 1024 * 1024;

export function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

export function requireRoom(path: string): void {
  const free = freeBytes(path);
  if (free >= MIN_FREE_BYTES) return;
  throw new DataFolderError(
    `The disk of the data folder ${path} has only ${free} bytes left; ${MIN_FREE_BYTES} are needed to start. Free space and try again.`,
  );
}

/** What a transaction may write besides its records: the pages of the trees on the way to them, each anew. */
const PAGES_BYTES_PER_CHANGE = 4 * 4096;

/** Changes by their number, and the bytes of what they write. */
export interface ChangesSize {
  readonly count: number;
  readonly bytes: number;
}

/**
 * Refuses changes for which the disk may have no room. LMDB must not meet a full disk: when a write of its pages fails in
 * the middle, it can be left with a damaged heap and end the process.
 */
export function requireRoomFor(path: string, { count, bytes }: ChangesSize): void {
  const needed = MIN_FREE_BYTES / 2 + bytes + count * PAGES_BYTES_PER_CHANGE;
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
export function reserveLockFile(path: string): void {
  const file = join(path, LOCK_FILE);
  if (existsSync(file) && statSync(file).blocks * STAT_BLOCK_BYTES >= LOCK_FILE_BYTES) return;
  writeFile(path, LOCK_FILE, Buffer.alloc(LOCK_FILE_BYTES));
}

export function writeFile(path: string, name: string, bytes: Buffer): void {
  try {
    writeFileSync(join(path, name), bytes);
  } catch (cause) {
    throw new DataFolderError(
      `The data folder ${path} cannot be written to: ${String(cause)}. Free space, or choose a folder that this user may write to.`,
      { cause },
    );
  }
}

/** Flushes a file, or the names in a folder, to the disk. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The same at once, for what cannot wait. */
export function flushSync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** What failed in the words of this library. LMDB reports a full disk as an input/output error. */
export function asDataFolderError(path: string, error: unknown): DataFolderError {
  if (error instanceof DataFolderError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const isFull = (error as { code?: string }).code === 'ENOSPC' || freeBytes(path) < MIN_FREE_BYTES;
  return new DataFolderError(isFull ? `no space left on the disk: ${reason}` : reason, { cause: error });
}
