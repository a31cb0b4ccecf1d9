import { type RecordKey } from './record-key.js';

/** A record to write, or with undefined bytes to remove. */
export interface RecordChange {
  key: RecordKey;
  bytes: Buffer | undefined;
}

/** Records that can be read. Reading throws `DataFolderError` where a record is damaged. */
export interface RecordReader {
  /** The records of all objects, one after another. */
  objects(): Iterable<{ id: number; bytes: Buffer }>;
  /** The elements of an object, in the order of their parts. */
  elements(objectId: number): Iterable<{ partId: number; bytes: Buffer }>;
  read(key: RecordKey): Buffer | undefined;
  /** A record that must be there. */
  require(key: RecordKey): Buffer;
  close(): Promise<void>;
}

/** Where records are kept. */
export interface RecordStore extends RecordReader {
  /**
   * Writes all changes or none, with `clears` after removing everything; resolves once they are committed, rejects when
   * nothing was written.
   */
  commit(changes: readonly RecordChange[], clears: boolean): Promise<void>;
}
