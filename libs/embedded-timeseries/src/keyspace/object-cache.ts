import { HashValue } from './hash-value.js';
import { type StoredObject } from './stored-object.js';
import { StreamValue } from './stream-value.js';
import { StringValue } from './string-value.js';

/** Rough memory of an object besides what is counted one by one. */
const OBJECT_BYTES = 1_000;

/** Of a series and of each of its rules, as measured with 70,000 of them. */
const SERIES_BYTES = 700;
const RULE_BYTES = 250;

/** The part of the capacity after whose growth the objects are weighed again: each time all of them are looked at. */
const WEIGH_EVERY_PART = 1 / 4;

/**
 * Objects in memory, up to about a number of bytes. Those with changes that are not yet on disk stay; of the others,
 * those that were not used since the last look go first (the clock algorithm).
 */
export class ObjectCache {
  readonly #objects = new Map<string, StoredObject>();
  readonly #used = new Set<StoredObject>();
  #grown = 0;

  constructor(readonly capacityBytes: number) {}

  get(key: string): StoredObject | undefined {
    const object = this.#objects.get(key);
    if (object !== undefined) this.#used.add(object);
    return object;
  }

  add(object: StoredObject): void {
    this.#objects.set(object.key, object);
    this.#grown += weigh(object);
  }

  remove(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    this.#used.delete(object);
  }

  /** An object has become larger. */
  grew(bytes: number): void {
    this.#grown += bytes;
  }

  /** Lets objects go until the rest fits. Nobody may hold one to change it. */
  trim(isKept: (object: StoredObject) => boolean): void {
    if (this.#grown < this.capacityBytes * WEIGH_EVERY_PART) return;
    this.#grown = 0;
    let bytes = 0;
    for (const object of this.#objects.values()) bytes += weigh(object);
    for (const spared of [this.#used, new Set<StoredObject>()]) {
      for (const [key, object] of this.#objects) {
        if (bytes <= this.capacityBytes) return;
        if (spared.has(object) || isKept(object)) continue;
        this.#objects.delete(key);
        bytes -= weigh(object);
      }
      this.#used.clear();
    }
  }

  clear(): void {
    this.#objects.clear();
    this.#used.clear();
    this.#grown = 0;
  }
}

function weigh(object: StoredObject): number {
  if (object instanceof StringValue) return OBJECT_BYTES + object.text.length;
  if (object instanceof HashValue || object instanceof StreamValue) return OBJECT_BYTES + object.bytes;
  return (
    SERIES_BYTES +
    object.samples.head.byteLength +
    object.samples.chunks.length * 100 +
    object.rules.length * RULE_BYTES +
    object.options.labels.length * 10
  );
}
