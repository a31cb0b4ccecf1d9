import { type JournalEntry } from './journal-format.js';
import { type RecordKey, RecordKind } from './record-key.js';
import { type RecordChange } from './record-store.js';

/** More than there are kinds. */
const KINDS = 8;

/** Where the bytes of a change are looked up by its position; what it answers holds until the next call. */
export interface JournalBytes {
  /** Undefined for a record that was removed. */
  bytesAt(at: number): Buffer | undefined;
}

/**
 * The newest change of each record whose commit the journal has, and the data file has not. Their bytes stay in the
 * journal: here is where.
 */
export class UnsettledRecords {
  readonly #journal: JournalBytes;
  /** Positions by object, of kinds that an object has one record of. */
  readonly #single = new Map<number, number>();
  /** Positions of chunks and elements, by their object and then by their part. */
  readonly #parts = new Map<number, Map<number, number>>();
  #count = 0;
  #clears = false;

  constructor(journal: JournalBytes) {
    this.#journal = journal;
  }

  /** Whether nothing of what the data file has is there any more. */
  get clears(): boolean {
    return this.#clears;
  }

  get count(): number {
    return this.#count;
  }

  /** In the order of their keys: so the data file writes each of its pages once. */
  *changes(): Generator<RecordChange> {
    for (const kind of [RecordKind.object, RecordKind.head]) {
      const ids = Float64Array.from([...this.#single.keys()].filter((id) => id % KINDS === kind)).sort();
      for (const id of ids) {
        const at = this.#single.get(id);
        if (at !== undefined) yield { key: keyOf(id, 0), bytes: this.#journal.bytesAt(at) };
      }
    }
    for (const [id, byPart] of [...this.#parts].sort(([a], [b]) => (a % KINDS) - (b % KINDS) || a - b)) {
      for (const [partId, at] of [...byPart].sort(([a], [b]) => a - b)) {
        yield { key: keyOf(id, partId), bytes: this.#journal.bytesAt(at) };
      }
    }
  }

  /** Objects that changed, those that were removed with undefined bytes. */
  *objects(): Generator<RecordChange> {
    for (const [id, at] of this.#single) {
      const key = keyOf(id, 0);
      if (key.kind === RecordKind.object) yield { key, bytes: this.#journal.bytesAt(at) };
    }
  }

  add(entries: Iterable<JournalEntry>, clears: boolean): void {
    if (clears) {
      this.forget();
      this.#clears = true;
    }
    for (const { key, at } of entries) this.#put(key, at);
  }

  /** The change of a record; undefined where there is none. */
  of(key: RecordKey): RecordChange | undefined {
    const at = this.#positionOf(key);
    return at === undefined ? undefined : { key, bytes: this.#journal.bytesAt(at) };
  }

  has(key: RecordKey): boolean {
    return this.#positionOf(key) !== undefined;
  }

  /** Elements of an object that changed, with their parts, in the order of these. */
  elementsOf(objectId: number): JournalEntry[] {
    const id = idOf(RecordKind.element, objectId);
    const parts = [...(this.#parts.get(id) ?? [])];
    return parts.sort(([a], [b]) => a - b).map(([partId, at]) => ({ key: keyOf(id, partId), at }));
  }

  forget(): void {
    this.#single.clear();
    this.#parts.clear();
    this.#count = 0;
    this.#clears = false;
  }

  #positionOf(key: RecordKey): number | undefined {
    const id = idOf(key.kind, key.objectId);
    return isSingle(key) ? this.#single.get(id) : this.#parts.get(id)?.get(key.partId);
  }

  #put(key: RecordKey, at: number): void {
    const id = idOf(key.kind, key.objectId);
    if (isSingle(key)) {
      if (!this.#single.has(id)) this.#count += 1;
      this.#single.set(id, at);
      return;
    }
    const byPart = this.#parts.get(id) ?? new Map<number, number>();
    if (byPart.size === 0) this.#parts.set(id, byPart);
    if (!byPart.has(key.partId)) this.#count += 1;
    byPart.set(key.partId, at);
  }
}

function isSingle({ kind }: RecordKey): boolean {
  return kind === RecordKind.object || kind === RecordKind.head;
}

function idOf(kind: RecordKind, objectId: number): number {
  return objectId * KINDS + kind;
}

function keyOf(id: number, partId: number): RecordKey {
  return { kind: (id % KINDS) as RecordKind, objectId: Math.floor(id / KINDS), partId };
}
