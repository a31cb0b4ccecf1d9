import { type LabelPredicate } from '../series/label-filter.js';
import { LabelIndex } from '../series/label-index.js';
import { type Label } from '../series/series.js';
import { KeyspaceLimitError } from './keyspace-limit-error.js';

/** What is known of all keys without reading them: under which number each is stored, and the labels of series. */
export class KeyDirectory {
  readonly labels = new LabelIndex();
  readonly #ids = new Map<string, number>();
  readonly #keys = new Map<number, string>();

  constructor(readonly maxKeys: number) {}

  get size(): number {
    return this.#ids.size;
  }

  keys(): Iterable<string> {
    return this.#ids.keys();
  }

  idOf(key: string): number | undefined {
    return this.#ids.get(key);
  }

  keyOf(id: number): string | undefined {
    return this.#keys.get(id);
  }

  /** A key in the one copy of its text that is kept. */
  shared(key: string): string {
    return this.#keys.get(this.#ids.get(key) ?? NaN) ?? key;
  }

  /** @throws KeyspaceLimitError where there are as many keys as there may be */
  requireRoom(): void {
    if (this.size < this.maxKeys) return;
    throw new KeyspaceLimitError(
      `there are ${this.size} keys, as many as there may be; delete some, or raise maxKeys`,
    );
  }

  add(key: string, id: number, labels: readonly Label[] = []): void {
    this.#ids.set(key, id);
    this.#keys.set(id, key);
    this.labels.add(id, labels);
  }

  remove(key: string, labels: readonly Label[] = []): void {
    const id = this.#ids.get(key);
    if (id === undefined) return;
    this.#ids.delete(key);
    this.#keys.delete(id);
    this.labels.remove(id, labels);
  }

  /** Keys of the series that meet all predicates, sorted; at least one predicate must be a matcher. */
  find(predicates: readonly LabelPredicate[]): string[] {
    return this.labels
      .find(predicates)
      .map((id) => this.#keys.get(id) ?? '')
      .sort();
  }

  clear(): void {
    this.#ids.clear();
    this.#keys.clear();
    this.labels.clear();
  }
}
