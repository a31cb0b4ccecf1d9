import { asDataFolderError, requireRoomFor } from './data-folder.js';
import { Journal } from './journal.js';
import { commitBytes, type JournalEntry } from './journal-format.js';
import { type LmdbStore, type LmdbStoreOptions, openLmdbStore } from './lmdb-store.js';
import { type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange, type RecordStore } from './record-store.js';
import { UnsettledRecords } from './unsettled-records.js';

export interface JournaledStoreOptions extends LmdbStoreOptions {
  /** Of the journal, before the data file takes over what is in it. It bounds memory, and the time of the next start. */
  journalBytes: number;
}

/** A pause this long is used for taking over a journal that has this part of its bytes: no commit has to wait for that then. */
const PAUSE_MS = 500;
const PART_IN_PAUSE = 1 / 4;

/**
 * Opens the records of a folder, which is created where it does not exist, for this process alone.
 *
 * @throws ForeignDataFolderError, DamagedDataFolderError, DataFolderInUseError; DataFolderError for others.
 */
export async function openJournaledStore(
  folder: string,
  options: JournaledStoreOptions,
): Promise<JournaledStore> {
  const store = await openLmdbStore(folder, options);
  try {
    const journal = new Journal(store.path, options);
    store.beginJournal(journal.id);
    return new JournaledStore(store, journal, options.journalBytes);
  } catch (error) {
    await store.close();
    throw asDataFolderError(store.path, error);
  }
}

/**
 * Records whose commits are appended to a journal, which costs one write to the disk each. The data file takes them over
 * later, many at a time: of a record that changes with each commit it gets the last change only.
 */
export class JournaledStore implements RecordStore {
  readonly #store: LmdbStore;
  readonly #journal: Journal;
  readonly #journalBytes: number;
  readonly #unsettled: UnsettledRecords;
  #sequence = 0;
  #settled = 0;
  #isCommitting = false;
  /** What a pause is used for. */
  #settling: Promise<void> = Promise.resolve();
  #pause: NodeJS.Timeout | undefined;

  constructor(store: LmdbStore, journal: Journal, journalBytes: number) {
    this.#store = store;
    this.#journal = journal;
    this.#journalBytes = journalBytes;
    this.#unsettled = new UnsettledRecords(journal);
  }

  *objects(): Generator<{ id: number; bytes: Buffer }> {
    const unsettled = this.#unsettled;
    if (!unsettled.clears) {
      for (const object of this.#store.objects()) {
        if (!unsettled.has({ kind: RecordKind.object, objectId: object.id, partId: 0 })) yield object;
      }
    }
    for (const { key, bytes } of unsettled.objects()) {
      if (bytes) yield { id: key.objectId, bytes: Buffer.from(bytes) };
    }
  }

  *elements(objectId: number): Generator<{ partId: number; bytes: Buffer }> {
    const changed = this.#unsettled.elementsOf(objectId);
    if (!this.#unsettled.clears) {
      for (const element of this.#store.elements(objectId)) {
        while (changed[0] && changed[0].key.partId < element.partId) yield* this.#stillThere(changed.shift());
        if (changed[0]?.key.partId === element.partId) yield* this.#stillThere(changed.shift());
        else yield element;
      }
    }
    for (const entry of changed) yield* this.#stillThere(entry);
  }

  read(key: RecordKey): Buffer | undefined {
    const change = this.#unsettled.of(key);
    if (change !== undefined) return change.bytes && Buffer.from(change.bytes);
    return this.#unsettled.clears ? undefined : this.#store.read(key);
  }

  require(key: RecordKey): Buffer {
    return this.read(key) ?? this.#store.require(key);
  }

  /** One at a time. Waits while the data file takes over what is in the journal. */
  async commit(changes: readonly RecordChange[], clears: boolean): Promise<void> {
    this.#isCommitting = true;
    try {
      await this.#settling;
      await this.#makeRoomFor(changes);
      const commit = { sequence: this.#sequence + 1, clears, changes };
      const entries = await this.#journal.append(commit);
      this.#sequence += 1;
      this.#unsettled.add(entries, clears);
    } catch (error) {
      throw asDataFolderError(this.#store.path, error);
    } finally {
      this.#isCommitting = false;
    }
    this.#settleInPause();
  }

  async close(): Promise<void> {
    clearTimeout(this.#pause);
    await this.#settling;
    try {
      await this.#settle();
      this.#journal.remove();
    } catch {
      // What the data file has no room for stays in the journal, and is taken over by the next start.
      this.#journal.close();
    }
    await this.#store.close();
  }

  /** What is acknowledged must fit into the data file, too. */
  async #makeRoomFor(changes: readonly RecordChange[]): Promise<void> {
    if (this.#journal.bytes >= this.#journalBytes || this.#journal.isBroken) await this.#settle();
    const added = { count: changes.length, bytes: 2 * commitBytes(changes) };
    const { count } = this.#unsettled;
    try {
      requireRoomFor(this.#store.path, {
        count: count + added.count,
        bytes: this.#journal.bytes + added.bytes,
      });
    } catch (error) {
      if (this.#settled === this.#sequence) throw error;
      await this.#settle(0);
      requireRoomFor(this.#store.path, added);
    }
  }

  *#stillThere(entry: JournalEntry | undefined): Generator<{ partId: number; bytes: Buffer }> {
    const bytes = entry && this.#journal.bytesAt(entry.at);
    if (bytes) yield { partId: entry.key.partId, bytes: Buffer.from(bytes) };
  }

  async #settle(keptBytes = this.#journalBytes): Promise<void> {
    if (this.#settled !== this.#sequence) {
      requireRoomFor(this.#store.path, { count: this.#unsettled.count, bytes: this.#journal.bytes });
      await this.#store.settle(this.#unsettled, this.#sequence);
      this.#settled = this.#sequence;
      this.#unsettled.forget();
    }
    this.#journal.settled(keptBytes);
  }

  #settleInPause(): void {
    if (this.#journal.bytes < this.#journalBytes * PART_IN_PAUSE) return;
    if (this.#pause !== undefined) {
      this.#pause.refresh();
      return;
    }
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#isCommitting) return;
      // Where it fails it is tried again when a commit needs the room, which then says why it has none.
      this.#settling = this.#settle().catch(() => {});
    }, PAUSE_MS).unref();
  }
}
