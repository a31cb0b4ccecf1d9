import { type LabelPredicate } from './label-filter.js';
import { type Series } from './series.js';

/** Finds series by their labels. */
export class LabelIndex {
  readonly #byLabel = new Map<string, Map<string, Set<Series>>>();

  add(series: Series): void {
    for (const [name, value] of series.options.labels) {
      const values = this.#byLabel.get(name) ?? new Map<string, Set<Series>>();
      const found = values.get(value) ?? new Set<Series>();
      this.#byLabel.set(name, values.set(value, found.add(series)));
    }
  }

  /** Must be called before the labels of a series change. */
  remove(series: Series): void {
    for (const [name, value] of series.options.labels) {
      const values = this.#byLabel.get(name);
      const found = values?.get(value);
      found?.delete(series);
      if (found?.size === 0) values?.delete(value);
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

  /** The series that meet all predicates, sorted by key; at least one predicate must be a matcher. */
  find(predicates: readonly LabelPredicate[]): Series[] {
    const candidates = predicates
      .filter(({ kind }) => kind === 'one-of')
      .map((predicate) => this.#matching(predicate))
      .sort((a, b) => a.size - b.size)[0];
    if (candidates === undefined) return [];
    return [...candidates]
      .filter((series) => predicates.every((predicate) => meets(series, predicate)))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  #matching({ label, values }: LabelPredicate): Set<Series> {
    const byValue = this.#byLabel.get(label);
    const found = new Set<Series>();
    for (const value of values) for (const series of byValue?.get(value) ?? []) found.add(series);
    return found;
  }
}

function meets(series: Series, { label, kind, values }: LabelPredicate): boolean {
  const own = series.options.labels.filter(([name]) => name === label);
  switch (kind) {
    case 'present':
      return own.length > 0;
    case 'absent':
      return own.length === 0;
    case 'one-of':
      return own.some(([, value]) => values.includes(value));
    case 'none-of':
      return !own.some(([, value]) => values.includes(value));
  }
}
