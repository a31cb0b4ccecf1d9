import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedDataFolderError, ForeignDataFolderError } from './data-folder-error.js';
import { checkLmdbFile, LmdbFileError } from './lmdb-file-check.js';

export const DATA_FILE = 'data.mdb';
export const LOCK_FILE = 'lock.mdb';
/** Commits that the data file does not have yet; there while the folder is in use, and after a crash. */
export const JOURNAL_FILE = 'data.journal';
/** There from before the database is made until it is complete: an empty data file beside it has lost nothing. */
export const CREATION_MARK = '.creating';
/** Folders in the data folder in which a compacted or restored file is made, before it takes its place. */
export const COMPACTION_FOLDER = '.compacting';
export const RESTORE_FOLDER = '.restoring';
export const COPY_FOLDERS = [COMPACTION_FOLDER, RESTORE_FOLDER] as const;
const OWN_FILES = /^(?:data\.mdb|lock\.mdb|data\.journal|\.creating|holder-[0-9a-f]+\.sock)$/;
/** Files that lie about anywhere. */
const HARMLESS_FILES = /^\.(?:gitignore|gitkeep|DS_Store|nfs.*)$/;

/**
 * Refuses a folder that is not ours or whose database is cut off or overwritten, before LMDB maps the file: it takes
 * a valid file for granted, and a missing page would end the process.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError
 */
export function inspectFolder(folder: string): void {
  const dataFile = join(folder, DATA_FILE);
  if (existsSync(dataFile)) {
    if (statSync(dataFile).size === 0 && existsSync(join(folder, CREATION_MARK))) return;
    inspectDataFile(folder, dataFile);
    return;
  }
  if (existsSync(join(folder, JOURNAL_FILE))) {
    throw new DamagedDataFolderError(
      `The data folder ${folder} is damaged: its ${DATA_FILE} is missing, and ${JOURNAL_FILE} continues it. Put the file back, or move ${JOURNAL_FILE} away too and lose its commits.`,
    );
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

function inspectDataFile(folder: string, dataFile: string): void {
  try {
    checkLmdbFile(dataFile);
  } catch (cause) {
    if (!(cause instanceof LmdbFileError)) throw cause;
    throw new DamagedDataFolderError(
      `The data folder ${folder} is damaged: ${DATA_FILE} cannot be used, ${cause.message}. Restore it from a copy, or choose another folder.`,
      { cause },
    );
  }
}
