import { copyFileSync, existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { flush, inspect, makeFolder } from '../storage/data-folder.js';
import { DataFolderInUseError } from '../storage/data-folder-error.js';
import { DATA_FILE, RESTORE_FOLDER } from '../storage/folder-inspection.js';
import { isHeld } from '../storage/folder-lock.js';
import { BackupError, DamagedBackupError, reasonOf } from './backup-error.js';
import { BACKUP_DATA_FILE, checkDataFile, type Manifest, readManifest } from './backup-files.js';
import { type BackupSummary } from './back-up.js';
import { checkCopy } from './check-copy.js';

export interface RestoreOptions {
  /** The folder of the backup. */
  backup: string;
  /** Where its time series go: a folder that holds none, made where it does not exist. */
  dataDir: string;
}

/**
 * Puts the time series of a backup into a folder that holds none, after the backup was checked as a whole: its SHA-256,
 * every record, and what it holds by its own account. The folder has all of them or none.
 *
 * @throws ForeignBackupError, DamagedBackupError for the backup; DataFolderInUseError, DataFolderError or BackupError for
 * the folder
 */
export async function restoreTimeSeries({ backup, dataDir }: RestoreOptions): Promise<BackupSummary> {
  const manifest = readManifest(backup);
  await checkDataFile(backup, manifest);
  const folder = makeFolder(dataDir);
  await requireFree(folder);
  const unfinished = join(folder, RESTORE_FOLDER);
  try {
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    await fill(backup, unfinished, manifest);
    putInPlace(unfinished, folder);
    await flush(folder);
  } catch (error) {
    if (error instanceof BackupError) throw error;
    throw new BackupError(
      `The backup ${backup} was not restored to ${dataDir}: ${reasonOf(error)}. The folder is as it was.`,
      { cause: error },
    );
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return summaryOf(manifest);
}

/**
 * Reads a backup as a whole and compares it with what it says of itself.
 *
 * @throws ForeignBackupError, DamagedBackupError
 */
export async function checkBackup(backup: string): Promise<BackupSummary> {
  const manifest = readManifest(backup);
  await checkDataFile(backup, manifest);
  return summaryOf(manifest);
}

function summaryOf({ madeAt, bytes, contents }: Manifest): BackupSummary {
  return { madeAt, bytes, contents };
}

async function requireFree(folder: string): Promise<void> {
  if (await isHeld(folder)) {
    throw new DataFolderInUseError(
      `The data folder ${folder} is in use by a running process. Stop that process, or choose another folder.`,
    );
  }
  if (existsSync(join(folder, DATA_FILE))) {
    throw new BackupError(
      `The data folder ${folder} holds time series already; they are not overwritten. Choose an empty folder, or move ${DATA_FILE} away.`,
    );
  }
  await inspect(folder);
}

async function fill(backup: string, unfinished: string, manifest: Manifest): Promise<void> {
  const copy = join(unfinished, DATA_FILE);
  copyFileSync(join(backup, BACKUP_DATA_FILE), copy);
  await flush(copy);
  const contents = await checkCopy(unfinished, backup);
  if (!isDeepStrictEqual(contents, manifest.contents)) {
    throw new DamagedBackupError(
      `The backup ${backup} holds ${JSON.stringify(contents)}, and says that it holds ${JSON.stringify(manifest.contents)}. Use another backup.`,
    );
  }
}

/** In one step, and never in the place of a file that a server made meanwhile. */
function putInPlace(unfinished: string, folder: string): void {
  try {
    linkSync(join(unfinished, DATA_FILE), join(folder, DATA_FILE));
  } catch (cause) {
    throw new BackupError(
      `The data folder ${folder} was taken by another process meanwhile: ${reasonOf(cause)}. Stop that process, and restore into an empty folder.`,
      { cause },
    );
  }
}
