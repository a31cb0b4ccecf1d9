export { backUpTimeSeries, type BackupOptions, type BackupSummary } from './backup/back-up.js';
export { BackupError, DamagedBackupError, ForeignBackupError } from './backup/backup-error.js';
export { type Contents } from './backup/check-copy.js';
export { compactTimeSeries, type CompactionSummary } from './backup/compact.js';
export { checkBackup, type RestoreOptions, restoreTimeSeries } from './backup/restore.js';
export { type ScriptCall, type ScriptReply, type ServerScript } from './commands/script-registry.js';
export { ErrorReply as ReplyError } from './protocol/reply.js';
export {
  type EmbeddedTimeSeries,
  type EmbeddedTimeSeriesOptions,
  type ServerLogger,
} from './server/options.js';
export { NotLoopbackError, startEmbeddedTimeSeries } from './server/start-embedded-time-series.js';
export {
  DamagedDataFolderError,
  DataFolderError,
  DataFolderInUseError,
  ForeignDataFolderError,
} from './storage/data-folder-error.js';
