/** Groups that are remembered; a process that sees more looks at some sooner. */
const MAX_REMEMBERED_GROUPS = 10_000;

/** Which groups are to be looked at again, each at most once in an interval. */
export class DueGroups {
  readonly #intervalMs: number;
  readonly #lookedAt = new Map<string, number>();

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** Whether a group is due; then it is not again until the interval is over. */
  take(group: string): boolean {
    const now = performance.now();
    if (now - (this.#lookedAt.get(group) ?? -Infinity) < this.#intervalMs) return false;
    if (this.#lookedAt.size >= MAX_REMEMBERED_GROUPS) this.#lookedAt.clear();
    this.#lookedAt.set(group, now);
    return true;
  }
}
