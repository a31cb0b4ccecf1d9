/** Something that is wrong for a while, as a log speaks of it: when it begins, at times while it lasts, and when it ends. */
export class Episode {
  readonly #begun: number;
  readonly #reminderMs: number;
  readonly #reasons = new Set<string>();
  #lastMessage: number;
  #times = 0;

  /** `now` is of a monotonic clock, in ms. */
  constructor(now: number, reminderMs = 60_000) {
    this.#begun = now;
    this.#lastMessage = now;
    this.#reminderMs = reminderMs;
  }

  /** How often it was noted. */
  get times(): number {
    return this.#times;
  }

  lastedMs(now: number): number {
    return Math.round(now - this.#begun);
  }

  /**
   * It was seen once more. What to log of that: the reason that it was not seen with before, a reminder where the last
   * message is as long ago as reminders are apart, or nothing.
   */
  note(now: number, reason = ''): 'new' | 'reminder' | undefined {
    this.#times += 1;
    const isNew = !this.#reasons.has(reason);
    if (!isNew && now - this.#lastMessage < this.#reminderMs) return undefined;
    this.#reasons.add(reason);
    this.#lastMessage = now;
    return isNew ? 'new' : 'reminder';
  }
}
