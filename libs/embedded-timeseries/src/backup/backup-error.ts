/** A backup could not be made or restored; nothing that was there before has changed. */
export class BackupError extends Error {
  override readonly name: string = 'BackupError';
  readonly code: string = 'BACKUP';
}

/** The folder holds no backup, or one of a version that this one does not read. */
export class ForeignBackupError extends BackupError {
  override readonly name = 'ForeignBackupError';
  override readonly code = 'BACKUP_FOREIGN';
}

/** The backup is not what it was when it was made. */
export class DamagedBackupError extends BackupError {
  override readonly name = 'DamagedBackupError';
  override readonly code = 'BACKUP_DAMAGED';
}

/** What failed in the words of the operating system or library, without a full stop. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
}
