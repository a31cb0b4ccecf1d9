import type { Logger } from '@atalaya/service-kit';

const SHOWN_IDS = 20;
const QUIET_MS = 500;
const LONGEST_MS = 5_000;

interface Held {
  readonly id: string;
  readonly owner: bigint | undefined;
}

/**
 * Reports ids that somebody else holds, and that they are free again. Those of the same moment go into one message: it
 * is written when nothing has been added for {@link QUIET_MS}, and after {@link LONGEST_MS} in any case.
 */
export class ConflictReporter {
  readonly #logger: Logger;
  readonly #parentPath: string;
  readonly #held = new Set<string>();
  readonly #conflicts = new Batch<Held>((held) => {
    this.#reportHeld(held);
  });
  readonly #freed = new Batch<string>((ids) => {
    this.#reportFreed(ids);
  });

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
    this.#conflicts.add({ id, owner });
  }

  /** The id is this process's own now. */
  taken(id: string): void {
    if (this.#held.delete(id)) this.#freed.add(id);
  }

  /** Reports what has not been reported yet. */
  close(): void {
    this.#conflicts.flush();
    this.#freed.flush();
  }

  #reportHeld(all: readonly Held[]): void {
    for (const persistent of [true, false]) {
      const held = all.filter(({ owner }) => (owner === 0n) === persistent);
      if (held.length > 0) this.#warn(held, persistent);
    }
  }

  #warn(held: readonly Held[], persistent: boolean): void {
    const ids = held.map(({ id }) => id);
    const sessions = [...new Set(held.map(({ owner }) => `0x${(owner ?? 0n).toString(16)}`))];
    const holder = persistent
      ? 'held by a persistent znode: delete it'
      : 'held by another live session: end the other process';
    this.#logger.warn(
      {
        sensors: ids.slice(0, SHOWN_IDS),
        count: held.length,
        ...(held[0]?.owner ? { sessions: sessions.slice(0, SHOWN_IDS) } : {}),
      },
      `under ${this.#parentPath} ${named(ids)} ${holder} or choose another INSTANCE_ID; waiting until free`,
    );
  }

  #reportFreed(ids: readonly string[]): void {
    this.#logger.info(
      { sensors: ids.slice(0, SHOWN_IDS), count: ids.length },
      `under ${this.#parentPath} ${named(ids)} free: registered by this process now`,
    );
  }
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN_IDS).join(', ') + (ids.length > SHOWN_IDS ? ', …' : '');
  return ids.length === 1 ? `the id ${shown} is` : `${ids.length} ids (${shown}) are`;
}

/** What is added at about the same time, handed over together. */
class Batch<Item> {
  readonly #handle: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #quiet: NodeJS.Timeout | undefined;
  #latest: NodeJS.Timeout | undefined;

  constructor(handle: (items: readonly Item[]) => void) {
    this.#handle = handle;
  }

  add(item: Item): void {
    this.#items.push(item);
    const flush = (): void => {
      this.flush();
    };
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(flush, QUIET_MS);
    this.#latest ??= setTimeout(flush, LONGEST_MS);
  }

  flush(): void {
    clearTimeout(this.#quiet);
    clearTimeout(this.#latest);
    this.#latest = undefined;
    const items = this.#items;
    this.#items = [];
    if (items.length > 0) this.#handle(items);
  }
}
