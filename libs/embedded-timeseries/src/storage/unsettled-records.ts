import { type ChangesSize } from './data-folder.js';
import { type JournaledCommit } from './journal-format.js';
import { type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange } from './record-store.js';

/** More than there are kinds. */
const KINDS = 8;

/** The newest change of each record whose commit the journal has, and the data file has not. */
export class UnsettledRecords {
  /** Of kinds that an object has one record of. */
  readonly #single = new Map<number, RecordChange>();
  /** Of chunks and elements, by their object and then by their part. */
  readonly #parts = new Map<number, Map<number, RecordChange>>();
  #count = 0;
  #bytes = 0;
  #clears = false;

  /** Whether nothing of what the data file has is there any more. */
  get clears(): boolean {
    return this.#clears;
  }

  get size(): ChangesSize {
    return { count: this.#count, bytes: this.#bytes };
  }

  *changes(): Generator<RecordChange> {
    yield* this.#single.values();
    for (const byPart of this.#parts.values()) yield* byPart.values();
  }

  add({ changes, clears }: Pick<JournaledCommit, 'changes' | 'clears'>): void {
    if (clears) {
      this.forget();
      this.#clears = true;
    }
    for (const change of changes) this.#put(change);
  }

  /** The change of a record; undefined where there is none. */
  of(key: RecordKey): RecordChange | undefined {
    const id = idOf(key.kind, key.objectId);
    return isSingle(key) ? this.#single.get(id) : this.#parts.get(id)?.get(key.partId);
  }

  /** Elements of an object that changed, in the order of their parts. */
  elementsOf(objectId: number): RecordChange[] {
    const byPart = this.#parts.get(idOf(RecordKind.element, objectId));
    return byPart ? [...byPart.values()].sort((a, b) => a.key.partId - b.key.partId) : [];
  }

  forget(): void {
    this.#single.clear();
    this.#parts.clear();
    this.#count = 0;
    this.#bytes = 0;
    this.#clears = false;
  }

  #put(change: RecordChange): void {
    const { key, bytes } = change;
    const before = this.of(key);
    this.#bytes += (bytes?.length ?? 0) - (before?.bytes?.length ?? 0);
    if (before === undefined) this.#count += 1;
    const id = idOf(key.kind, key.objectId);
    if (isSingle(key)) {
      this.#single.set(id, change);
      return;
    }
    const byPart = this.#parts.get(id);
    if (byPart) byPart.set(key.partId, change);
    else this.#parts.set(id, new Map([[key.partId, change]]));
  }
}

function isSingle({ kind }: RecordKey): boolean {
  return kind === RecordKind.object || kind === RecordKind.head;
}

function idOf(kind: RecordKind, objectId: number): number {
  return objectId * KINDS + kind;
}
