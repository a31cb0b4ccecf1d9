import type { Logger } from '@atalaya/service-kit';

const SHOWN_IDS = 20;

/** Reports ids that somebody else holds, and that they are free again: many of the same moment in one message. */
export class ConflictReporter {
  readonly #logger: Logger;
  readonly #parentPath: string;
  readonly #held = new Set<string>();
  #fresh: string[] = [];
  #flush: NodeJS.Timeout | undefined;

  constructor(logger: Logger, parentPath: string) {
    this.#logger = logger;
    this.#parentPath = parentPath;
  }

  /** Ids that are held by others now. */
  get held(): number {
    return this.#held.size;
  }

  conflict(id: string): void {
    if (this.#held.has(id)) return;
    this.#held.add(id);
    this.#fresh.push(id);
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
    const ids = this.#fresh;
    this.#fresh = [];
    const shown = ids.slice(0, SHOWN_IDS).join(', ') + (ids.length > SHOWN_IDS ? ', …' : '');
    this.#logger.warn(
      { sensors: ids.slice(0, SHOWN_IDS), count: ids.length },
      `under ${this.#parentPath} ${ids.length === 1 ? 'the id' : `${ids.length} ids`} ${shown} ` +
        `${ids.length === 1 ? 'is' : 'are'} held by another live session: end the other process or choose another ` +
        'INSTANCE_ID; waiting until free',
    );
  }
}
