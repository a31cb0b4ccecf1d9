import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { flush } from '../storage/data-folder.js';
import { DATA_FILE } from '../storage/folder-inspection.js';
import { openLmdbReader } from '../storage/lmdb-reader.js';
import { BackupError, reasonOf } from './backup-error.js';
import { BACKUP_DATA_FILE, MANIFEST_FILE, newManifest, sha256Of, writeWhole } from './backup-files.js';
import { checkCopy, type Contents } from './check-copy.js';

export interface BackupOptions {
  /** The folder of the time series; a server may be using it. */
  dataDir: string;
  /** The folder of the backup, missing or empty; its parent must be there. */
  target: string;
}

/** A backup that was made, restored or checked. */
export interface BackupSummary {
  /** When it began, ISO 8601. */
  madeAt: string;
  /** Of its data file. */
  bytes: number;
  contents: Contents;
}

/** Where the copy is made and checked before it counts as one. */
const COPY_FOLDER = '.copying';

/**
 * Backs a folder up, also while a server writes to it and without holding that up: the copy is of one moment, with all
 * that was acknowledged before the call. Every record of the copy is read and checked before the backup counts as made.
 * While it runs, pages that the server frees are not used again: the data file grows by what is written meanwhile.
 *
 * @throws BackupError for the target, DataFolderError for the source; what was begun of the backup is removed.
 *
 * @example
 * await backUpTimeSeries({ dataDir: '.atalaya', target: '/backups/monday' });
 */
export async function backUpTimeSeries({ dataDir, target }: BackupOptions): Promise<BackupSummary> {
  const madeAt = new Date().toISOString();
  const reader = await openLmdbReader(dataDir);
  try {
    const isNew = makeTarget(target);
    try {
      const copy = join(target, COPY_FOLDER);
      mkdirSync(copy);
      await reader.copyTo(copy);
      return await complete(dataDir, target, madeAt);
    } catch (cause) {
      if (isNew) rmSync(target, { recursive: true, force: true });
      else
        for (const name of readdirSync(target)) rmSync(join(target, name), { recursive: true, force: true });
      throw new BackupError(
        `No backup of ${dataDir} was made in ${target}: ${reasonOf(cause)}. Nothing of it was left there.`,
        { cause },
      );
    }
  } finally {
    await reader.close();
  }
}

async function complete(dataDir: string, target: string, madeAt: string): Promise<BackupSummary> {
  const copy = join(target, COPY_FOLDER);
  const contents = await checkCopy(copy, dataDir);
  const file = join(target, BACKUP_DATA_FILE);
  renameSync(join(copy, DATA_FILE), file);
  rmSync(copy, { recursive: true });
  await flush(file);
  const bytes = statSync(file).size;
  const manifest = newManifest({ madeAt, bytes, sha256: await sha256Of(file), contents });
  await writeWhole(target, MANIFEST_FILE, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return { madeAt, bytes, contents };
}

/** Makes the folder where it is missing; whether it did. */
function makeTarget(target: string): boolean {
  const parent = dirname(resolve(target));
  if (!existsSync(parent)) {
    throw new BackupError(
      `The folder ${parent} for the backup does not exist. Make it, or see whether its disk is mounted.`,
    );
  }
  try {
    if (!existsSync(target)) {
      mkdirSync(target);
      return true;
    }
    if (readdirSync(target).length === 0) return false;
  } catch (cause) {
    throw new BackupError(
      `The folder ${target} cannot be used for a backup: ${reasonOf(cause)}. Choose a folder that this user may write to.`,
      { cause },
    );
  }
  throw new BackupError(`The folder ${target} is not empty. Choose one that is empty or does not exist yet.`);
}
