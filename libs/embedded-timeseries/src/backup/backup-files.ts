import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { flush } from '../storage/data-folder.js';
import { BackupError, DamagedBackupError, ForeignBackupError, reasonOf } from './backup-error.js';
import { type Contents } from './check-copy.js';

/** Another name than that of a data folder: nobody serves, and so changes, a backup by mistake. */
export const BACKUP_DATA_FILE = 'timeseries.mdb';

/** Written last: a backup without it was not completed. */
export const MANIFEST_FILE = 'backup.json';

const FORMAT = 'atalaya-timeseries-backup 1';

/** What a backup says of itself. */
export interface Manifest {
  format: string;
  /** When it began, ISO 8601: what was acknowledged before is in it. */
  madeAt: string;
  bytes: number;
  /** Of the data file, hexadecimal. */
  sha256: string;
  contents: Contents;
}

export function newManifest(fields: Omit<Manifest, 'format'>): Manifest {
  return { format: FORMAT, ...fields };
}

/** @throws ForeignBackupError, DamagedBackupError */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) {
    throw new ForeignBackupError(
      `${folder} holds no ${MANIFEST_FILE}: it is no backup, or one that was not completed. Name the folder of a backup.`,
    );
  }
  const manifest = parseManifest(path);
  if (manifest.format !== FORMAT) {
    throw new ForeignBackupError(
      `${path} is of the format "${String(manifest.format).slice(0, 60)}", not "${FORMAT}". Use the version that made it.`,
    );
  }
  const isWhole =
    typeof manifest.sha256 === 'string' &&
    typeof manifest.bytes === 'number' &&
    manifest.contents !== undefined;
  if (!isWhole) throw new DamagedBackupError(`${path} lacks fields. Use another backup.`);
  return manifest as Manifest;
}

function parseManifest(path: string): Partial<Manifest> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch (cause) {
    throw new DamagedBackupError(`${path} cannot be read: ${reasonOf(cause)}. Use another backup.`, {
      cause,
    });
  }
  throw new ForeignBackupError(`${path} is not that of a backup. Name the folder of a backup.`);
}

/** @throws DamagedBackupError where the data file is not the one that was made with this manifest */
export async function checkDataFile(folder: string, manifest: Manifest): Promise<void> {
  const path = join(folder, BACKUP_DATA_FILE);
  const bytes = statSync(path, { throwIfNoEntry: false })?.size;
  if (bytes === undefined) throw new DamagedBackupError(`${path} is missing. Use another backup.`);
  if (bytes !== manifest.bytes) {
    throw new DamagedBackupError(
      `${path} has ${bytes} bytes, and had ${manifest.bytes} when it was made. Use another backup.`,
    );
  }
  if ((await sha256Of(path)) !== manifest.sha256) {
    throw new DamagedBackupError(
      `${path} was changed since it was made: its SHA-256 differs. Use another backup.`,
    );
  }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const part of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      hash.update(part as Buffer);
  } catch (cause) {
    throw new BackupError(`${path} cannot be read: ${reasonOf(cause)}.`, { cause });
  }
  return hash.digest('hex');
}

/** Writes a file as a whole or not at all, and flushes it to the disk. */
export async function writeWhole(folder: string, name: string, text: string): Promise<void> {
  const unfinished = join(folder, `${name}.part`);
  const file = await open(unfinished, 'w');
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, name));
  await flush(folder);
}
