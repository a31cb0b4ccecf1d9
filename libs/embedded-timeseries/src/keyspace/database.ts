import { DeferredCompactions } from '../series/deferred-compactions.js';
import { type LabelPredicate } from '../series/label-filter.js';
import { type LabelIndex } from '../series/label-index.js';
import { type ChunkAccess, SampleStore } from '../series/sample-store.js';
import { Series, type SeriesOptions } from '../series/series.js';
import { type SeriesWriteAccess } from '../series/write-samples.js';
import { ChunkCache } from '../storage/chunk-cache.js';
import { RecordKind } from '../storage/record-key.js';
import { type RecordChange, type RecordStore } from '../storage/record-store.js';
import { type ElementLimits, Elements, restoreElement } from './elements.js';
import { HashValue } from './hash-value.js';
import { KeyDirectory } from './key-directory.js';
import { KeyExpiry } from './key-expiry.js';
import { KeyWatches } from './key-watches.js';
import { ObjectCache } from './object-cache.js';
import { PendingChanges } from './pending-changes.js';
import { decodeHead, decodeObject, describeObject } from './record-codec.js';
import { type StoredObject } from './stored-object.js';
import { StreamValue } from './stream-value.js';
import { StringValue } from './string-value.js';

export interface DatabaseLimits extends ElementLimits {
  /** Memory for samples that were read. */
  chunkCacheBytes: number;
  /** Memory for objects that are not being changed. */
  objectCacheBytes: number;
  objectsInUseBytes: number;
  maxKeys: number;
}

/** Called now and then while the keys are read, with their number so far. */
export type LoadProgress = (keys: number) => void;

/**
 * The keys and labels in memory, what they hold on disk: objects are read when they are asked for, and let go when they
 * were not used for a while. Changes are made in memory and collected; `takeChanges` hands them over for one commit.
 * When a commit fails, `reload` puts memory back to what is on disk.
 */
export class Database implements SeriesWriteAccess {
  readonly deferred = new DeferredCompactions();
  readonly watches = new KeyWatches();
  readonly elements: Elements;
  readonly #expiry = new KeyExpiry();
  readonly #directory: KeyDirectory;
  readonly #objects: ObjectCache;
  readonly #chunks: ChunkCache;
  readonly #pending = new PendingChanges();
  readonly #store: RecordStore;
  readonly #chunkAccess: ChunkAccess;
  #nextId = 1;
  #nextCommit = 1;

  constructor(store: RecordStore, limits: DatabaseLimits, onProgress?: LoadProgress) {
    this.#store = store;
    this.#directory = new KeyDirectory(limits.maxKeys);
    this.#objects = new ObjectCache({
      capacityBytes: limits.objectCacheBytes,
      maxBytes: limits.objectsInUseBytes,
    });
    this.#chunks = new ChunkCache(limits.chunkCacheBytes, (objectId, partId) =>
      store.read({ kind: RecordKind.chunk, objectId, partId }),
    );
    this.#chunkAccess = this.#chunks.access(() => this.#nextCommit);
    this.elements = new Elements({
      watches: this.watches,
      pending: this.#pending,
      objects: this.#objects,
      maxObjectBytes: limits.maxObjectBytes,
      deleteKey: (key) => this.delete(key),
    });
    this.reload(onProgress);
  }

  get size(): number {
    return this.#directory.size;
  }

  get hasChanges(): boolean {
    return !this.#pending.isEmpty;
  }

  has(key: string): boolean {
    return this.#directory.idOf(key) !== undefined;
  }

  get(key: string): StoredObject | undefined {
    return this.#objects.get(key) ?? this.#load(key);
  }

  find(key: string): Series | undefined {
    const object = this.get(key);
    return object instanceof Series ? object : undefined;
  }

  keys(): Iterable<string> {
    return this.#directory.keys();
  }

  get labelIndex(): Pick<LabelIndex, 'labels' | 'valuesOf'> {
    return this.#directory.labels;
  }

  /** Keys of the series that meet all predicates, sorted; at least one predicate must be a matcher. */
  findKeys(predicates: readonly LabelPredicate[]): string[] {
    return this.#directory.find(predicates);
  }

  /** The series of some keys one after another, for readers: none may be changed, or kept for a change. */
  *eachSeries(keys: Iterable<string>): Generator<Series> {
    for (const key of keys) {
      const series = this.find(key);
      if (series !== undefined) yield series;
      this.trim();
    }
  }

  touched(series: Series): void {
    this.watches.changed(series.key);
    this.#pending.head(series);
  }

  /** Computes the buckets anew that samples out of order fell into. */
  settleCompactions(): void {
    this.deferred.settleAll(this);
  }

  /** Options, labels, or rules changed. */
  redefined(object: StoredObject): void {
    this.watches.changed(object.key);
    this.#pending.object(object);
  }

  createSeries(key: string, options: SeriesOptions): Series {
    this.#directory.requireRoom();
    const id = this.#nextId++;
    return this.#create(new Series(id, key, options, new SampleStore(this.#chunkAccess, id)));
  }

  /** Changes options; keeps the label index in step. */
  changeOptions(series: Series, options: SeriesOptions): void {
    this.#directory.labels.remove(series.id, series.labels);
    series.settings = options;
    series.labels = options.labels;
    this.#directory.labels.add(series.id, options.labels);
    this.redefined(series);
  }

  createHash(key: string): HashValue {
    this.#directory.requireRoom();
    return this.#create(new HashValue(this.#nextId++, key));
  }

  createStream(key: string): StreamValue {
    this.#directory.requireRoom();
    return this.#create(new StreamValue(this.#nextId++, key));
  }

  setString(key: string, text: string, expiresAtMs?: number): void {
    if (!this.has(key)) this.#directory.requireRoom();
    this.delete(key);
    const value = this.#create(new StringValue(this.#nextId++, key, text, expiresAtMs));
    if (expiresAtMs !== undefined) this.#expiry.set(key, expiresAtMs);
    this.elements.setText(value);
  }

  /** Whether keys end by themselves: then `deleteExpired` must be called before they are looked at. */
  get hasExpiringKeys(): boolean {
    return this.#expiry.hasKeys;
  }

  deleteExpired(nowMs: number): void {
    for (const key of this.#expiry.due(nowMs)) this.delete(key);
  }

  /** Deletes a key with all that belongs to it; rules from and to a series end. */
  delete(key: string): boolean {
    const object = this.get(key);
    if (object === undefined) return false;
    this.#directory.remove(key, object instanceof Series ? object.labels : []);
    this.#objects.remove(key);
    this.#expiry.remove(key);
    this.watches.changed(key);
    this.#pending.removed(object);
    if (object instanceof Series) this.#releaseSeries(object);
    else this.elements.removeAll(object);
    return true;
  }

  clear(): void {
    if (this.size === 0) return;
    this.#forget();
    this.#pending.cleared();
  }

  /** The changes since the last call, and the number of the commit that they make up. */
  takeChanges(): { commit: number; changes: RecordChange[]; clears: boolean } {
    const chunks = this.#chunks.takeChanges();
    for (const [seriesId] of chunks) {
      // The list of its chunks is part of the series' own record.
      const series = this.find(this.#directory.keyOf(seriesId) ?? '');
      if (series?.id === seriesId) this.#pending.object(series);
    }
    const { changes, clears } = this.#pending.take();
    for (const [objectId, partId, bytes] of chunks) {
      changes.push({ key: { kind: RecordKind.chunk, objectId, partId }, bytes });
    }
    return { commit: this.#nextCommit++, changes, clears };
  }

  /** The changes of this commit are on disk. */
  committed(commit: number): void {
    this.#chunks.committed(commit);
    this.#pending.committed();
  }

  /** Numbers the next commit one higher than this: failed ones are not repeated. */
  skipCommits(last: number): void {
    this.#nextCommit = last + 1;
  }

  /** Lets objects go that do not fit into memory; between commands, when nobody holds one. */
  trim(): void {
    this.#objects.trim((object) => this.#pending.includes(object));
  }

  /** Forgets all that is in memory and reads the directory of keys from disk. */
  reload(onProgress?: LoadProgress): void {
    this.#forget();
    for (const { id, bytes } of this.#store.objects()) {
      const { key, labels, expiresAtMs } = describeObject(bytes);
      this.#directory.add(key, id, labels);
      if (expiresAtMs !== undefined) this.#expiry.set(key, expiresAtMs);
      this.#nextId = Math.max(this.#nextId, id + 1);
      onProgress?.(this.#directory.size);
    }
  }

  #load(key: string): StoredObject | undefined {
    const id = this.#directory.idOf(key);
    if (id === undefined) return undefined;
    const bytes = this.#store.require({ kind: RecordKind.object, objectId: id, partId: 0 });
    const object = decodeObject(id, bytes, this.#chunkAccess);
    object.key = this.#directory.shared(key);
    if (object instanceof Series) {
      this.#shareTexts(object);
      decodeHead(object, this.#store.require({ kind: RecordKind.head, objectId: id, partId: 0 }));
    } else {
      for (const { partId, bytes: element } of this.#store.elements(id))
        restoreElement(object, partId, element);
    }
    this.#objects.add(object);
    return object;
  }

  #create<T extends StoredObject>(object: T): T {
    this.#directory.add(object.key, object.id, object instanceof Series ? object.labels : []);
    if (object instanceof Series) this.#shareTexts(object);
    this.#objects.add(object);
    this.redefined(object);
    return object;
  }

  /** Labels and keys are the same in many series: one copy of each is kept. */
  #shareTexts(series: Series): void {
    const { labels, sourceKey, rules } = series;
    series.labels = this.#directory.labels.shared(labels);
    if (sourceKey !== undefined) series.sourceKey = this.#directory.shared(sourceKey);
    for (const rule of rules) rule.targetKey = this.#directory.shared(rule.targetKey);
  }

  #releaseSeries(series: Series): void {
    series.samples.clear();
    const source = series.sourceKey === undefined ? undefined : this.find(series.sourceKey);
    if (source) {
      source.removeRule(series.key);
      this.redefined(source);
    }
    for (const { targetKey } of series.rules) {
      const target = this.find(targetKey);
      if (target === undefined) continue;
      target.sourceKey = undefined;
      this.redefined(target);
    }
  }

  #forget(): void {
    this.#directory.clear();
    this.#objects.clear();
    this.#expiry.clear();
    this.watches.allChanged();
    this.#chunks.clear();
    this.deferred.clear();
    this.#pending.forget();
  }
}
