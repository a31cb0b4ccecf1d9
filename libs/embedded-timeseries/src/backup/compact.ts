import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { flush } from '../storage/data-folder.js';
import { DataFolderError } from '../storage/data-folder-error.js';
import { COMPACTION_FOLDER, DATA_FILE } from '../storage/folder-inspection.js';
import { openLmdbStore } from '../storage/lmdb-store.js';
import { BackupError, reasonOf } from './backup-error.js';
import { checkCopy, type Contents } from './check-copy.js';

/** The data file before and after. */
export interface CompactionSummary {
  bytesBefore: number;
  bytesAfter: number;
  contents: Contents;
}

/**
 * Gives the disk back what was deleted: writes the data file anew without its free pages. No server may be using the
 * folder; one that is started meanwhile is refused. Needs room for the new file beside the old one, which takes its
 * place once every record of it was read and checked: killed at any moment, the folder holds one of the two.
 *
 * @throws DataFolderInUseError while a server uses the folder, DataFolderError for the folder, BackupError where the new
 * file could not be made
 */
export async function compactTimeSeries({ dataDir }: { dataDir: string }): Promise<CompactionSummary> {
  if (!existsSync(join(dataDir, DATA_FILE))) {
    throw new DataFolderError(`The data folder ${dataDir} holds no time series. Name the folder of an API.`);
  }
  const store = await openLmdbStore(dataDir, { flushes: true });
  const copy = join(store.path, COMPACTION_FOLDER);
  const file = join(store.path, DATA_FILE);
  const bytesBefore = statSync(file).size;
  let contents: Contents;
  try {
    mkdirSync(copy);
    await store.copyTo(copy);
    contents = await checkCopy(copy, dataDir);
    await flush(join(copy, DATA_FILE));
  } catch (cause) {
    rmSync(copy, { recursive: true, force: true });
    await store.close();
    throw new BackupError(`${file} was not compacted: ${reasonOf(cause)}. It is as it was.`, { cause });
  }
  await store.replaceBy(join(copy, DATA_FILE));
  rmSync(copy, { recursive: true });
  return { bytesBefore, bytesAfter: statSync(file).size, contents };
}
