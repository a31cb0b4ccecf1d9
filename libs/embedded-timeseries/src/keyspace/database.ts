import { type SeriesAccess } from '../series/compaction.js';
import { DeferredCompactions } from '../series/deferred-compactions.js';
import { LabelIndex } from '../series/label-index.js';
import { SampleStore } from '../series/sample-store.js';
import { Series, type SeriesOptions } from '../series/series.js';
import { ChunkCache } from '../storage/chunk-cache.js';
import {
  decodeHead,
  decodeObject,
  decodeStrings,
  encodeHead,
  encodeObject,
  encodeStrings,
} from '../storage/record-codec.js';
import { type RecordKey, RecordKind } from '../storage/record-key.js';
import { type RecordChange, type RecordStore } from '../storage/record-store.js';
import { HashValue } from './hash-value.js';
import { KeyExpiry } from './key-expiry.js';
import { KeyWatches } from './key-watches.js';
import { type StoredObject } from './stored-object.js';
import { type StreamEntry, type StreamId, StreamValue } from './stream-value.js';
import { StringValue } from './string-value.js';

/**
 * All keys in memory, sealed samples on disk. Changes are made in memory and collected; `takeChanges` hands them over
 * for one commit. When a commit fails, `reload` puts memory back to what is on disk.
 */
export class Database implements SeriesAccess {
  readonly deferred = new DeferredCompactions();
  readonly watches = new KeyWatches();
  readonly #expiry = new KeyExpiry();
  readonly #objects = new Map<string, StoredObject>();
  readonly #index = new LabelIndex();
  readonly #chunks: ChunkCache;
  readonly #store: RecordStore;
  readonly #changedObjects = new Set<StoredObject>();
  readonly #changedHeads = new Set<Series>();
  readonly #changedElements = new Map<string, { key: RecordKey; bytes: () => Buffer | undefined }>();
  readonly #seriesById = new Map<number, Series>();
  #nextId = 1;
  #nextCommit = 1;

  constructor(store: RecordStore, chunkCacheBytes: number) {
    this.#store = store;
    this.#chunks = new ChunkCache(chunkCacheBytes, (objectId, partId) =>
      store.read({ kind: RecordKind.chunk, objectId, partId }),
    );
    this.reload();
  }

  get size(): number {
    return this.#objects.size;
  }

  get hasChanges(): boolean {
    return this.#changedObjects.size + this.#changedHeads.size + this.#changedElements.size > 0;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  find(key: string): Series | undefined {
    const object = this.#objects.get(key);
    return object instanceof Series ? object : undefined;
  }

  keys(): Iterable<string> {
    return this.#objects.keys();
  }

  get labelIndex(): Pick<LabelIndex, 'find' | 'labels' | 'valuesOf'> {
    return this.#index;
  }

  touched(series: Series): void {
    this.watches.changed(series.key);
    this.#changedHeads.add(series);
  }

  /** Computes the buckets anew that samples out of order fell into. */
  settleCompactions(): void {
    this.deferred.settleAll(this);
  }

  /** Options, labels, or rules changed. */
  redefined(object: StoredObject): void {
    this.watches.changed(object.key);
    this.#changedObjects.add(object);
    if (object instanceof Series) this.#changedHeads.add(object);
  }

  createSeries(key: string, options: SeriesOptions): Series {
    const id = this.#nextId++;
    const series = new Series(id, key, options, new SampleStore(this.#accessFor(id)));
    this.#add(series);
    this.#index.add(series);
    this.redefined(series);
    return series;
  }

  /** Changes options; keeps the label index in step. */
  changeOptions(series: Series, options: SeriesOptions): void {
    this.#index.remove(series);
    series.options = options;
    this.#index.add(series);
    this.redefined(series);
  }

  createHash(key: string): HashValue {
    return this.#create(new HashValue(this.#nextId++, key));
  }

  createStream(key: string): StreamValue {
    return this.#create(new StreamValue(this.#nextId++, key));
  }

  setString(key: string, text: string, expiresAtMs?: number): void {
    this.delete(key);
    const value = this.#create(new StringValue(this.#nextId++, key, text, expiresAtMs));
    if (expiresAtMs !== undefined) this.#expiry.set(key, expiresAtMs);
    const stored = expiresAtMs === undefined ? [text] : [text, String(expiresAtMs)];
    this.#changeElement(value, 0, () => encodeStrings(stored));
  }

  /** Whether keys end by themselves: then `deleteExpired` must be called before they are looked at. */
  get hasExpiringKeys(): boolean {
    return this.#expiry.hasKeys;
  }

  deleteExpired(nowMs: number): void {
    for (const key of this.#expiry.due(nowMs)) this.delete(key);
  }

  setField(hash: HashValue, field: string, value: string): boolean {
    const { partId, isNew } = hash.set(field, value);
    this.#changeElement(hash, partId, () => encodeStrings([field, value]));
    return isNew;
  }

  /** Deletes a field, and the hash with its last field. */
  deleteField(hash: HashValue, field: string): boolean {
    const known = hash.fields.get(field);
    if (known === undefined) return false;
    hash.fields.delete(field);
    this.#changeElement(hash, known.partId, () => undefined);
    if (hash.fields.size === 0) this.delete(hash.key);
    return true;
  }

  appendEntry(stream: StreamValue, id: StreamId, fields: readonly string[]): void {
    const entry = stream.append(id, fields);
    this.#changedObjects.add(stream);
    this.#changeElement(stream, entry.partId, () => encodeEntry(entry));
  }

  trimStream(stream: StreamValue, limit: { count?: number; minId?: StreamId }): number {
    const removed = stream.trim(limit);
    for (const { partId } of removed) this.#changeElement(stream, partId, () => undefined);
    return removed.length;
  }

  /** Deletes a key with all that belongs to it; rules from and to a series end. */
  delete(key: string): boolean {
    const object = this.#objects.get(key);
    if (object === undefined) return false;
    this.#objects.delete(key);
    this.#expiry.remove(key);
    this.watches.changed(key);
    this.#changedObjects.delete(object);
    this.#removeRecord({ kind: RecordKind.object, objectId: object.id, partId: 0 });
    if (object instanceof Series) this.#releaseSeries(object);
    else if (object instanceof HashValue) this.#removeElements(object, [...object.fields.values()]);
    else if (object instanceof StreamValue) this.#removeElements(object, object.all);
    else this.#removeElements(object, [{ partId: 0 }]);
    return true;
  }

  clear(): void {
    for (const key of [...this.#objects.keys()]) this.delete(key);
  }

  /** The changes since the last call, and the number of the commit that they make up. */
  takeChanges(): { commit: number; changes: RecordChange[] } {
    const changes: RecordChange[] = [];
    const chunks = this.#chunks.takeChanges();
    for (const [seriesId] of chunks) {
      // The list of its chunks is part of the series' own record.
      const series = this.#seriesById.get(seriesId);
      if (series !== undefined) this.#changedObjects.add(series);
    }
    for (const object of this.#changedObjects) {
      const key = { kind: RecordKind.object, objectId: object.id, partId: 0 };
      changes.push({ key, bytes: encodeObject(object) });
    }
    for (const series of this.#changedHeads) {
      changes.push({
        key: { kind: RecordKind.head, objectId: series.id, partId: 0 },
        bytes: encodeHead(series),
      });
    }
    for (const { key, bytes } of this.#changedElements.values()) changes.push({ key, bytes: bytes() });
    for (const [objectId, partId, bytes] of chunks) {
      changes.push({ key: { kind: RecordKind.chunk, objectId, partId }, bytes });
    }
    this.#forgetChanges();
    return { commit: this.#nextCommit++, changes };
  }

  /** The changes of this commit are on disk. */
  committed(commit: number): void {
    this.#chunks.committed(commit);
  }

  /** Numbers the next commit one higher than this: failed ones are not repeated. */
  skipCommits(last: number): void {
    this.#nextCommit = last + 1;
  }

  /** Forgets all that is in memory and reads what is on disk. */
  reload(): void {
    this.#objects.clear();
    this.#expiry.clear();
    this.watches.allChanged();
    this.#seriesById.clear();
    this.#index.clear();
    this.#chunks.clear();
    this.deferred.clear();
    this.#forgetChanges();
    const byId = new Map<number, StoredObject>();
    for (const { key, bytes } of this.#store.load()) this.#restore(key, bytes, byId);
  }

  #restore({ kind, objectId, partId }: RecordKey, bytes: Buffer, byId: Map<number, StoredObject>): void {
    if (kind === RecordKind.object) {
      const object = decodeObject(objectId, bytes, (id) => this.#accessFor(id));
      byId.set(objectId, object);
      this.#add(object);
      this.#nextId = Math.max(this.#nextId, objectId + 1);
      if (object instanceof Series) this.#index.add(object);
      return;
    }
    const object = byId.get(objectId);
    if (object === undefined)
      throw new RangeError(`A record belongs to the object ${objectId}, which does not exist.`);
    if (object instanceof Series) {
      decodeHead(object, bytes);
      return;
    }
    const [first = '', ...rest] = decodeStrings(bytes);
    if (object instanceof HashValue) object.restore(partId, first, rest[0] ?? '');
    else if (object instanceof StreamValue) object.restore({ id: decodeId(first), fields: rest, partId });
    else this.#restoreString(object, first, rest[0]);
  }

  #restoreString(value: StringValue, text: string, expiresAt: string | undefined): void {
    value.text = text;
    if (expiresAt === undefined) return;
    value.expiresAtMs = Number(expiresAt);
    this.#expiry.set(value.key, value.expiresAtMs);
  }

  #create<T extends StoredObject>(object: T): T {
    this.#add(object);
    this.#changedObjects.add(object);
    return object;
  }

  #add(object: StoredObject): void {
    this.#objects.set(object.key, object);
    if (object instanceof Series) this.#seriesById.set(object.id, object);
  }

  #accessFor(id: number) {
    return this.#chunks.accessFor(id, () => this.#nextCommit);
  }

  #releaseSeries(series: Series): void {
    this.#index.remove(series);
    this.#seriesById.delete(series.id);
    this.#changedHeads.delete(series);
    this.#removeRecord({ kind: RecordKind.head, objectId: series.id, partId: 0 });
    series.samples.clear();
    const source = series.sourceKey === undefined ? undefined : this.find(series.sourceKey);
    if (source) {
      source.rules = source.rules.filter(({ targetKey }) => targetKey !== series.key);
      this.redefined(source);
    }
    for (const { targetKey } of series.rules) {
      const target = this.find(targetKey);
      if (target === undefined) continue;
      target.sourceKey = undefined;
      this.redefined(target);
    }
  }

  #removeElements(object: StoredObject, elements: readonly { partId: number }[]): void {
    for (const { partId } of elements) this.#changeElement(object, partId, () => undefined);
  }

  #removeRecord(key: RecordKey): void {
    this.#changedElements.set(`${key.kind}:${key.objectId}:${key.partId}`, { key, bytes: () => undefined });
  }

  #changeElement(object: StoredObject, partId: number, bytes: () => Buffer | undefined): void {
    this.watches.changed(object.key);
    const key = { kind: RecordKind.element, objectId: object.id, partId };
    this.#changedElements.set(`${key.kind}:${key.objectId}:${key.partId}`, { key, bytes });
  }

  #forgetChanges(): void {
    this.#changedObjects.clear();
    this.#changedHeads.clear();
    this.#changedElements.clear();
  }
}

function encodeEntry({ id, fields }: StreamEntry): Buffer {
  return encodeStrings([`${id.ms}-${id.sequence}`, ...fields]);
}

function decodeId(text: string): StreamId {
  const [ms = NaN, sequence = NaN] = text.split('-').map(Number);
  if (Number.isNaN(ms + sequence)) throw new RangeError(`"${text}" is no id of a stream entry.`);
  return { ms, sequence };
}
