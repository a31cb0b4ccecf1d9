/**
 * A set that many short-lived objects pass through. What is taken out of it is let go at once. The tables of a `Set` or
 * `Map` are replaced as they fill, and an old table that V8 has moved to the old generation holds on to the next one and
 * all that was ever in it until the next full collection: every request would be moved there too, at the price of a
 * fifth of the processor.
 */
export class SlotSet<T extends object> implements Iterable<T> {
  readonly #slots: (T | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** Adds an item; returns what takes it out, which returns whether it was still in. */
  add(item: T): () => boolean {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = item;
    let isIn = true;
    return () => {
      if (!isIn) return false;
      isIn = false;
      this.#slots[slot] = undefined;
      this.#free.push(slot);
      return true;
    };
  }

  /** The items, in no particular order. */
  *[Symbol.iterator](): Generator<T> {
    for (const item of this.#slots) if (item !== undefined) yield item;
  }
}
