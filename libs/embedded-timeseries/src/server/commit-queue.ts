import { type Database } from '../keyspace/database.js';
import { type RecordChange, type RecordStore } from '../storage/record-store.js';

export interface CommitEvents {
  /** All changes up to the last commit are on disk. */
  onCommitted(): void;
  /**
   * Nothing since the last successful commit was written; memory is back to that state, and `committed` still tells
   * what depends on lost changes. `onCommitted` follows, when output may go on.
   */
  onFailed(error: unknown, isFirst: boolean): void;
  /** The first commit after failed ones was written. */
  onRecovered(): void;
}

/**
 * Writes the changes of the database in groups: one commit at a time, everything that arrives meanwhile goes into the
 * next one. So an acknowledged change is on disk, and many changes share one write.
 */
export class CommitQueue {
  readonly #database: Database;
  readonly #store: RecordStore;
  readonly #events: CommitEvents;
  #committed = 0;
  /** Number of the commit that is being written, or was last. */
  #started = 0;
  #running: Promise<void> | undefined;
  #scheduled = false;
  #isFailing = false;

  constructor(database: Database, store: RecordStore, events: CommitEvents) {
    this.#database = database;
    this.#store = store;
    this.#events = events;
  }

  /** The newest commit that happened. */
  get committed(): number {
    return this.#committed;
  }

  /** The commit that must happen before a reply that was made now may be seen. */
  get required(): number {
    if (this.#database.hasChanges) return this.#started + 1;
    return this.#running === undefined ? this.#committed : this.#started;
  }

  /** Starts a commit after the current turn of the event loop, if there are changes and none is running. */
  schedule(): void {
    if (this.#scheduled || this.#running !== undefined || !this.#database.hasChanges) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#start();
    });
  }

  /** Waits until all changes are written, or have failed. */
  async drain(): Promise<void> {
    for (;;) {
      this.#start();
      if (this.#running === undefined) return;
      await this.#running;
    }
  }

  #start(): void {
    if (this.#running !== undefined || !this.#database.hasChanges) return;
    const { changes, clears } = this.#database.takeChanges();
    this.#started++;
    this.#running = this.#write(this.#started, changes, clears);
  }

  async #write(commit: number, changes: readonly RecordChange[], clears: boolean): Promise<void> {
    try {
      await this.#store.commit(changes, clears);
      this.#committed = commit;
      this.#running = undefined;
      this.#database.committed(commit);
      if (this.#isFailing) this.#events.onRecovered();
      this.#isFailing = false;
    } catch (error) {
      this.#running = undefined;
      this.#database.reload();
      this.#events.onFailed(error, !this.#isFailing);
      this.#isFailing = true;
      // What came meanwhile was built on the changes that are lost, and is lost with them.
      this.#committed = ++this.#started;
      this.#database.skipCommits(this.#started);
    }
    this.#start();
    this.#events.onCommitted();
  }
}
