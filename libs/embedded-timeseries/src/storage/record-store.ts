import { type RecordKey } from './record-key.js';

/** A record to write, or with undefined bytes to remove. */
export interface RecordChange {
  key: RecordKey;
  bytes: Buffer | undefined;
}

/** Where records are kept. Reading and loading throw `DataFolderError` where a record is damaged. */
export interface RecordStore {
  /** All records of the kinds that are kept in memory, in the order of their keys. */
  load(): Iterable<{ key: RecordKey; bytes: Buffer }>;
  read(key: RecordKey): Buffer | undefined;
  /** Writes all changes or none; resolves once they are committed, rejects when nothing was written. */
  commit(changes: readonly RecordChange[]): Promise<void>;
  close(): Promise<void>;
}
