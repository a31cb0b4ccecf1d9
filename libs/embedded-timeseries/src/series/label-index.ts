import { type LabelPredicate } from './label-filter.js';
import { type Label } from './series.js';

/** Numbers of series; a single one is kept as it is and few in an array, for a set of few is seven times as large. */
type Ids = number | readonly number[] | Set<number>;

/** The most that are searched one by one. */
const FEW = 16;

interface Entry {
  readonly label: Label;
  ids: Ids;
}

/** Finds the numbers of series by their labels. */
export class LabelIndex {
  readonly #byLabel = new Map<string, Map<string, Entry>>();

  add(id: number, labels: readonly Label[]): void {
    for (const label of labels) {
      const [name, value] = label;
      const values = this.#byLabel.get(name) ?? new Map<string, Entry>();
      this.#byLabel.set(name, values);
      const known = values.get(value);
      if (known === undefined) values.set(value, { label, ids: id });
      else known.ids = withId(known.ids, id);
    }
  }

  /** The same labels, as the index holds them: tens of thousands of series share their texts. */
  shared(labels: readonly Label[]): readonly Label[] {
    return labels.map((label) => this.#byLabel.get(label[0])?.get(label[1])?.label ?? label);
  }

  /** Must be called before the labels of a series change. */
  remove(id: number, labels: readonly Label[]): void {
    for (const [name, value] of labels) {
      const values = this.#byLabel.get(name);
      const known = values?.get(value);
      if (known === undefined) continue;
      const left = withoutId(known.ids, id);
      if (left === undefined) values?.delete(value);
      else known.ids = left;
      if (values?.size === 0) this.#byLabel.delete(name);
    }
  }

  clear(): void {
    this.#byLabel.clear();
  }

  /** Names of all labels. */
  labels(): Iterable<string> {
    return this.#byLabel.keys();
  }

  /** All values of a label. */
  valuesOf(label: string): Iterable<string> {
    return this.#byLabel.get(label)?.keys() ?? [];
  }

  /** The series that meet all predicates; at least one predicate must be a matcher. */
  find(predicates: readonly LabelPredicate[]): number[] {
    const conditions = predicates
      .map((predicate) => ({
        ids: this.#named(predicate),
        isWanted: predicate.kind === 'one-of' || predicate.kind === 'present',
        isMatcher: predicate.kind === 'one-of',
      }))
      .sort((a, b) => a.ids.size - b.ids.size);
    const candidates = conditions.find(({ isMatcher }) => isMatcher)?.ids ?? new Set<number>();
    return [...candidates].filter((id) => conditions.every(({ ids, isWanted }) => ids.has(id) === isWanted));
  }

  /** The series that have the label, with one of the values where the predicate names some. */
  #named({ label, kind, values }: LabelPredicate): Set<number> {
    const byValue = this.#byLabel.get(label);
    const found = new Set<number>();
    const asked = kind === 'present' || kind === 'absent' ? (byValue?.keys() ?? []) : values;
    for (const value of asked) {
      const ids = byValue?.get(value)?.ids;
      if (typeof ids === 'number') found.add(ids);
      else for (const id of ids ?? []) found.add(id);
    }
    return found;
  }
}

function withId(ids: Ids, id: number): Ids {
  if (ids instanceof Set) return ids.add(id);
  const few = typeof ids === 'number' ? [ids] : ids;
  if (few.includes(id)) return ids;
  return few.length < FEW ? [...few, id] : new Set([...few, id]);
}

/** Undefined where none is left. */
function withoutId(ids: Ids, id: number): Ids | undefined {
  if (ids instanceof Set) {
    ids.delete(id);
    return ids.size === 0 ? undefined : ids;
  }
  const few = (typeof ids === 'number' ? [ids] : ids).filter((each) => each !== id);
  return few.length > 1 ? few : few[0];
}
