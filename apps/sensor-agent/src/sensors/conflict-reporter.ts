import type { Logger } from '@atalaya/service-kit';

const SHOWN_IDS = 20;

interface Held {
  readonly id: string;
  readonly owner: bigint | undefined;
}

/** Reports ids that somebody else holds, and that they are free again: many of the same moment in one message. */
export class ConflictReporter {
  readonly #logger: Logger;
  readonly #parentPath: string;
  readonly #held = new Set<string>();
  #fresh: Held[] = [];
  #flush: NodeJS.Timeout | undefined;

  constructor(logger: Logger, parentPath: string) {
    this.#logger = logger;
    this.#parentPath = parentPath;
  }

  /** Ids that are held by others now. */
  get held(): number {
    return this.#held.size;
  }

  /** `owner` is the session that holds the id, 0n for a persistent znode, undefined where that is not known. */
  conflict(id: string, owner: bigint | undefined): void {
    if (this.#held.has(id)) return;
    this.#held.add(id);
    this.#fresh.push({ id, owner });
    this.#flush ??= setTimeout(() => {
      this.#report();
    }, 100);
  }

  /** The id is this process's own now. */
  taken(id: string): void {
    if (!this.#held.delete(id)) return;
    this.#logger.info(
      { sensor: id },
      `${this.#parentPath}/${id} is free: it is registered by this process now`,
    );
  }

  close(): void {
    clearTimeout(this.#flush);
  }

  #report(): void {
    this.#flush = undefined;
    const fresh = this.#fresh;
    this.#fresh = [];
    for (const persistent of [true, false]) {
      const held = fresh.filter(({ owner }) => (owner === 0n) === persistent);
      if (held.length > 0) this.#warn(held, persistent);
    }
  }

  #warn(held: readonly Held[], persistent: boolean): void {
    const ids = held.slice(0, SHOWN_IDS).map(({ id }) => id);
    const named = ids.join(', ') + (held.length > SHOWN_IDS ? ', …' : '');
    const subject = held.length === 1 ? `the id ${named} is` : `${held.length} ids (${named}) are`;
    const sessions = [...new Set(held.map(({ owner }) => `0x${(owner ?? 0n).toString(16)}`))];
    const holder = persistent
      ? 'held by a persistent znode: delete it'
      : 'held by another live session: end the other process';
    this.#logger.warn(
      {
        sensors: ids,
        count: held.length,
        ...(held[0]?.owner ? { sessions: sessions.slice(0, SHOWN_IDS) } : {}),
      },
      `under ${this.#parentPath} ${subject} ${holder} or choose another INSTANCE_ID; waiting until free`,
    );
  }
}
