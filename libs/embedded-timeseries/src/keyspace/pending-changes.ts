import { Series } from '../series/series.js';
import { type RecordKey, RecordKind } from '../storage/record-key.js';
import { type RecordChange } from '../storage/record-store.js';
import { encodeHead, encodeObject } from './record-codec.js';
import { type StoredObject } from './stored-object.js';

/** What changed in memory and is not on disk: since the last commit began, and in the one that is being written. */
export class PendingChanges {
  readonly #objects = new Set<StoredObject>();
  readonly #heads = new Set<Series>();
  readonly #records = new Map<string, { key: RecordKey; bytes: () => Buffer | undefined }>();
  #unwritten = new Set<StoredObject>();
  #committing: ReadonlySet<StoredObject> = new Set();
  #clears = false;

  get isEmpty(): boolean {
    return !this.#clears && this.#objects.size + this.#heads.size + this.#records.size === 0;
  }

  /** Whether an object has changes that are not on disk: it must stay in memory. */
  includes(object: StoredObject): boolean {
    return this.#unwritten.has(object) || this.#committing.has(object);
  }

  /** Type, options, labels, rules, or chunks changed. */
  object(object: StoredObject): void {
    this.#objects.add(object);
    this.#unwritten.add(object);
    if (object instanceof Series) this.#heads.add(object);
  }

  /** Newest samples or open buckets changed. */
  head(series: Series): void {
    this.#heads.add(series);
    this.#unwritten.add(series);
  }

  element(object: StoredObject, partId: number, bytes: () => Buffer | undefined): void {
    this.#unwritten.add(object);
    const key = { kind: RecordKind.element, objectId: object.id, partId };
    this.#records.set(idOf(key), { key, bytes });
  }

  /** The object is gone; its elements are removed one by one. */
  removed(object: StoredObject): void {
    this.#objects.delete(object);
    const key = { kind: RecordKind.object, objectId: object.id, partId: 0 };
    this.#records.set(idOf(key), { key, bytes: () => undefined });
    if (!(object instanceof Series)) return;
    this.#heads.delete(object);
    const head = { kind: RecordKind.head, objectId: object.id, partId: 0 };
    this.#records.set(idOf(head), { key: head, bytes: () => undefined });
  }

  /** Everything is gone. */
  cleared(): void {
    this.forget();
    this.#clears = true;
  }

  take(): { changes: RecordChange[]; clears: boolean } {
    const changes: RecordChange[] = [];
    for (const object of this.#objects) {
      const key = { kind: RecordKind.object, objectId: object.id, partId: 0 };
      changes.push({ key, bytes: encodeObject(object) });
    }
    for (const series of this.#heads) {
      const key = { kind: RecordKind.head, objectId: series.id, partId: 0 };
      changes.push({ key, bytes: encodeHead(series) });
    }
    for (const { key, bytes } of this.#records.values()) changes.push({ key, bytes: bytes() });
    const clears = this.#clears;
    const committing = this.#unwritten;
    this.forget();
    this.#committing = committing;
    return { changes, clears };
  }

  committed(): void {
    this.#committing = new Set();
  }

  forget(): void {
    this.#objects.clear();
    this.#heads.clear();
    this.#records.clear();
    this.#unwritten = new Set();
    this.#committing = new Set();
    this.#clears = false;
  }
}

function idOf({ kind, objectId, partId }: RecordKey): string {
  return `${kind}:${objectId}:${partId}`;
}
