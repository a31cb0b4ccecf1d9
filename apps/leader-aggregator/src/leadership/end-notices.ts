import { setTimeout as delay } from 'node:timers/promises';
import type { TermEndNotice } from '@atalaya/contracts';
import { type RetryPolicy, retryDelayMs } from '@atalaya/coordination';
import { within } from '@atalaya/service-kit';
import type { IngestClient } from '../delivery/ingest-client.js';

/** How long a graceful end waits for the API to hear of it: followers wait just as long for their turn. */
const GRACEFUL_LIMIT_MS = 250;

/** An API that is slower may still hear of a graceful end, while the place is given free. */
const SLOW_LIMIT_MS = 5_000;
const SOON: RetryPolicy = { initialDelayMs: 100, maxDelayMs: 1_000, factor: 2 };

const AGAIN: RetryPolicy = { initialDelayMs: 1_000, maxDelayMs: 30_000, factor: 2 };
const MAX_ATTEMPTS = 10;

/**
 * Says to the API how terms ended, for those who watch; what is not said is inferred by the readers. Never rejects.
 */
export class EndNotices {
  readonly #ingest: Pick<IngestClient, 'noteTermEnd'>;
  readonly #underWay = new Set<Promise<void>>();

  constructor(ingest: Pick<IngestClient, 'noteTermEnd'>) {
    this.#ingest = ingest;
  }

  /**
   * Of a graceful end: resolves when the API has heard of it, or after 250 ms, and goes on trying for 5 s. A leader that
   * lost its place was perhaps cut off from the API as well: resolves at once, and goes on trying until `ending` aborts.
   */
  async announce(notice: TermEndNotice, ending: AbortSignal): Promise<void> {
    const isGraceful = notice.end === 'graceful';
    const said = isGraceful
      ? this.#say(notice, AbortSignal.timeout(SLOW_LIMIT_MS), SOON)
      : this.#say(notice, ending, AGAIN);
    this.#underWay.add(said);
    void said.then(() => this.#underWay.delete(said));
    if (isGraceful) await within(GRACEFUL_LIMIT_MS, said, () => {});
  }

  /** Resolves when no notice is under way. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #say(notice: TermEndNotice, signal: AbortSignal, policy: RetryPolicy): Promise<void> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && !signal.aborted; attempt += 1) {
      if (await this.#ingest.noteTermEnd(notice, signal)) return;
      await delay(retryDelayMs(policy, attempt), undefined, { signal }).catch(() => {});
    }
  }
}
