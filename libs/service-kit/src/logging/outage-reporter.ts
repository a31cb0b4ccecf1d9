import { performance } from 'node:perf_hooks';
import { messageOf } from '../errors/message-of.js';
import { Episode } from './episode.js';
import type { Logger } from './logger.js';

export interface OutageReporterOptions {
  logger: Logger;
  /** What is away, as the start of a sentence: `the ingest API at http://…`. */
  subject: string;
  /** What to do about it, appended to the first message. */
  advice?: string;
  /** What a failure with a `code` of its own is called instead of `is away`: the subject is there, but refuses. */
  refusal?: string;
  /** Least time between two messages of one outage, in ms; 60,000 by default. */
  reminderMs?: number;
  /** Monotonic clock in ms, for tests. */
  now?: () => number;
}

/**
 * Reports an outage once when it begins, once for each other reason that it turns out to have (distinguished by the
 * errors' `code`), then at most once per reminder interval, and once when it is over.
 */
export class OutageReporter {
  readonly #options: OutageReporterOptions;
  readonly #now: () => number;
  #outage: Episode | undefined;

  constructor(options: OutageReporterOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Whether an outage is under way. */
  get active(): boolean {
    return this.#outage !== undefined;
  }

  failed(error: unknown): void {
    const { logger, subject, advice, refusal, reminderMs } = this.#options;
    const now = this.#now();
    const outage = (this.#outage ??= new Episode(now, reminderMs));
    const reason = messageOf(error);
    const code = refusal === undefined ? undefined : codeOf(error);
    const details = code === undefined ? { reason } : { reason, code };
    const message = outage.note(now, code);
    if (message === 'new') {
      const suffix = advice === undefined ? '' : `; ${advice}`;
      logger.warn(
        details,
        `${subject} ${refusal === undefined || code === undefined ? 'is away' : refusal}: ${reason}${suffix}`,
      );
    } else if (message === 'reminder') {
      const seconds = Math.round(outage.lastedMs(now) / 1000);
      const lasts = refusal === undefined || code === undefined ? 'is still away' : `still ${refusal}`;
      logger.warn(
        { ...details, failures: outage.times },
        `${subject} ${lasts} after ${seconds} s: ${reason}`,
      );
    }
  }

  recovered(): void {
    const outage = this.#outage;
    if (outage === undefined) return;
    this.#outage = undefined;
    const outageMs = outage.lastedMs(this.#now());
    this.#options.logger.info(
      { outageMs, failures: outage.times },
      `${this.#options.subject} is back after ${(outageMs / 1000).toFixed(1)} s`,
    );
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
