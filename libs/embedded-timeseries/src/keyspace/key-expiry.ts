/** When keys end by themselves. Looks at all of them only when the first one is due. */
export class KeyExpiry {
  readonly #expiresAtMs = new Map<string, number>();
  #earliestMs = Infinity;

  set(key: string, expiresAtMs: number): void {
    this.#expiresAtMs.set(key, expiresAtMs);
    this.#earliestMs = Math.min(this.#earliestMs, expiresAtMs);
  }

  remove(key: string): void {
    if (this.#expiresAtMs.size > 0) this.#expiresAtMs.delete(key);
  }

  get hasKeys(): boolean {
    return this.#expiresAtMs.size > 0;
  }

  /** The keys whose time has come. */
  due(nowMs: number): string[] {
    if (nowMs < this.#earliestMs) return [];
    const due: string[] = [];
    this.#earliestMs = Infinity;
    for (const [key, expiresAtMs] of this.#expiresAtMs) {
      if (expiresAtMs <= nowMs) due.push(key);
      else this.#earliestMs = Math.min(this.#earliestMs, expiresAtMs);
    }
    return due;
  }

  clear(): void {
    this.#expiresAtMs.clear();
    this.#earliestMs = Infinity;
  }
}
