import { performance } from 'node:perf_hooks';
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
 * Reports an outage once when it begins, once for each other reason that it turns out to have (told apart by the errors'
 * `code`), then at most once per reminder interval, and once when it is over.
 */
export class OutageReporter {
  readonly #options: OutageReporterOptions;
  readonly #now: () => number;
  #since: number | undefined;
  #lastMessage = 0;
  #failures = 0;
  readonly #codes = new Set<string | undefined>();

  constructor(options: OutageReporterOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Whether an outage is under way. */
  get active(): boolean {
    return this.#since !== undefined;
  }

  failed(error: unknown): void {
    const { logger, subject, advice, refusal, reminderMs = 60_000 } = this.#options;
    const now = this.#now();
    this.#failures += 1;
    const reason = error instanceof Error ? error.message : String(error);
    const code = refusal === undefined ? undefined : codeOf(error);
    const [begins, lasts] =
      code === undefined ? ['is away', 'is still away'] : [`${refusal}`, `still ${refusal}`];
    const details = code === undefined ? { reason } : { reason, code };
    if (!this.#codes.has(code)) {
      this.#codes.add(code);
      this.#since ??= now;
      this.#lastMessage = now;
      const suffix = advice === undefined ? '' : `; ${advice}`;
      logger.warn(details, `${subject} ${begins}: ${reason}${suffix}`);
    } else if (now - this.#lastMessage >= reminderMs) {
      this.#lastMessage = now;
      const seconds = Math.round((now - (this.#since ?? now)) / 1000);
      logger.warn(
        { ...details, failures: this.#failures },
        `${subject} ${lasts} after ${seconds} s: ${reason}`,
      );
    }
  }

  recovered(): void {
    if (this.#since === undefined) return;
    const outageMs = Math.round(this.#now() - this.#since);
    this.#options.logger.info(
      { outageMs, failures: this.#failures },
      `${this.#options.subject} is back after ${(outageMs / 1000).toFixed(1)} s`,
    );
    this.#since = undefined;
    this.#failures = 0;
    this.#codes.clear();
  }
}

function codeOf(error: unknown): string | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
