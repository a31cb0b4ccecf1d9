import { HashValue } from './hash-value.js';
import { type StoredObject } from './stored-object.js';
import { StreamValue } from './stream-value.js';
import { StringValue } from './string-value.js';

/** Rough memory of an object besides what is counted one by one. */
const OBJECT_BYTES = 1_000;

/** Of a series and of each of its rules, as measured with 70,000 of them. */
const SERIES_BYTES = 700;
const RULE_BYTES = 150;

/** The part of the capacity after whose growth the objects are weighed again: each time all of them are looked at. */
const WEIGH_EVERY_PART = 1 / 4;

/** Longer than a minute: fleets use what is of each of their sensors with every tick, or with every minute. */
const PERIOD_MS = 70_000;

export interface ObjectCacheOptions {
  /** Up to here objects stay that nobody uses. */
  readonly capacityBytes: number;
  /** Up to here objects stay that are in use. */
  readonly maxBytes: number;
  /** Monotonic clock in ms, for tests. */
  readonly now?: () => number;
}

/**
 * Objects in memory. Those with changes that are not yet on disk stay. Of the others those go, beyond the capacity, that
 * are not in use, which is what was used in the period before; beyond the maximum any. A cache that is smaller than what
 * is used in turns would read each object anew each time.
 */
export class ObjectCache {
  readonly #capacityBytes: number;
  readonly #maxBytes: number;
  readonly #now: () => number;
  readonly #objects = new Map<string, StoredObject>();
  /** Marks of objects that were let go in use: otherwise none would ever be found to be. */
  readonly #letGo = new Map<string, number>();
  /** Counted from 2: the mark 0 of a new object is of no use at all. */
  #period = 2;
  #periodEndsAtMs: number;
  #grown = 0;

  constructor({ capacityBytes, maxBytes, now = () => performance.now() }: ObjectCacheOptions) {
    this.#capacityBytes = capacityBytes;
    this.#maxBytes = Math.max(capacityBytes, maxBytes);
    this.#now = now;
    this.#periodEndsAtMs = now() + PERIOD_MS;
  }

  get(key: string): StoredObject | undefined {
    const object = this.#objects.get(key);
    if (object !== undefined) this.#use(object);
    return object;
  }

  /** An object that was made or read just now. */
  add(object: StoredObject): void {
    this.#objects.set(object.key, object);
    object.useMark = this.#letGo.get(object.key) ?? 0;
    this.#letGo.delete(object.key);
    this.#use(object);
    this.#grown += weigh(object);
  }

  remove(key: string): void {
    this.#objects.delete(key);
    this.#letGo.delete(key);
  }

  /** An object has become larger. */
  grew(bytes: number): void {
    this.#grown += bytes;
  }

  /** Lets objects go until the rest fits. Nobody may hold one to change it. */
  trim(isKept: (object: StoredObject) => boolean): void {
    if (this.#grown < this.#capacityBytes * WEIGH_EVERY_PART) return;
    this.#grown = 0;
    this.#turnPeriod();
    let bytes = 0;
    for (const object of this.#objects.values()) bytes += weigh(object);
    const letGo = (most: number, isInUse: (object: StoredObject) => boolean): void => {
      if (bytes <= most) return;
      for (const [key, object] of this.#objects) {
        if (isInUse(object) || isKept(object)) continue;
        this.#objects.delete(key);
        if (periodOf(object.useMark) >= this.#period - 1) this.#letGo.set(key, object.useMark);
        bytes -= weigh(object);
        if (bytes <= most) return;
      }
    };
    letGo(this.#capacityBytes, (object) => this.#wasUsedBefore(object));
    letGo(this.#maxBytes, () => false);
  }

  clear(): void {
    this.#objects.clear();
    this.#letGo.clear();
    this.#grown = 0;
  }

  #use(object: StoredObject): void {
    const last = periodOf(object.useMark);
    if (last === this.#period) return;
    object.useMark = 2 * this.#period + (last === this.#period - 1 ? 1 : 0);
  }

  /** Whether an object was used in the period before this one. */
  #wasUsedBefore({ useMark }: StoredObject): boolean {
    const last = periodOf(useMark);
    return last === this.#period ? useMark % 2 === 1 : last === this.#period - 1;
  }

  #turnPeriod(): void {
    const now = this.#now();
    if (now < this.#periodEndsAtMs) return;
    // Where nobody has looked for another period, what was used is not in use any more.
    this.#period += now < this.#periodEndsAtMs + PERIOD_MS ? 1 : 2;
    for (const [key, useMark] of this.#letGo) {
      if (periodOf(useMark) < this.#period - 1) this.#letGo.delete(key);
    }
    this.#periodEndsAtMs = now + PERIOD_MS;
  }
}

/** The period of the last use; the bit below says whether the one before it saw a use, too. */
function periodOf(useMark: number): number {
  return useMark >>> 1;
}

function weigh(object: StoredObject): number {
  if (object instanceof StringValue) return OBJECT_BYTES + object.text.length;
  if (object instanceof HashValue || object instanceof StreamValue) return OBJECT_BYTES + object.bytes;
  return (
    SERIES_BYTES +
    object.samples.head.byteLength +
    object.samples.chunks.length * 100 +
    object.rules.length * RULE_BYTES +
    object.labels.length * 10
  );
}
