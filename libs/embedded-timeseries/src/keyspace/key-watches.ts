/** Keys that a connection watches, and whether one of them changed since. */
export interface KeyWatch {
  isBroken: boolean;
}

/** Which watches a change of a key breaks. */
export class KeyWatches {
  readonly #byKey = new Map<string, Set<KeyWatch>>();

  add(key: string, watch: KeyWatch): void {
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, new Set([watch]));
    else known.add(watch);
  }

  remove(watch: KeyWatch): void {
    for (const [key, watches] of this.#byKey) {
      if (watches.delete(watch) && watches.size === 0) this.#byKey.delete(key);
    }
  }

  changed(key: string): void {
    if (this.#byKey.size === 0) return;
    for (const watch of this.#byKey.get(key) ?? []) watch.isBroken = true;
  }

  allChanged(): void {
    for (const watches of this.#byKey.values()) for (const watch of watches) watch.isBroken = true;
  }
}
