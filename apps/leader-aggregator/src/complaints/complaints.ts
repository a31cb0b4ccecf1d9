import type { Logger } from '@atalaya/service-kit';

const REMINDER_MS = 60_000;

interface Complaint {
  readonly since: number;
  lastMessage: number;
  times: number;
}

/** Says what is wrong once when it begins, at most once a minute while it lasts, and once when it is over. */
export class Complaints {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #open = new Map<string, Complaint>();

  /** `now` is a monotonic clock in ms. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Something is wrong (still). `subject` tells the complaints apart. */
  raise(subject: string, message: string): void {
    const now = this.#now();
    const open = this.#open.get(subject);
    if (open === undefined) {
      this.#open.set(subject, { since: now, lastMessage: now, times: 1 });
      this.#logger.warn({ subject }, message);
      return;
    }
    open.times += 1;
    if (now - open.lastMessage < REMINDER_MS) return;
    open.lastMessage = now;
    const seconds = Math.round((now - open.since) / 1000);
    this.#logger.warn({ subject, times: open.times }, `for ${seconds} s now: ${message}`);
  }

  /** It is right again; `message` is logged if it was not. */
  clear(subject: string, message: string): void {
    const open = this.#open.get(subject);
    if (open === undefined) return;
    this.#open.delete(subject);
    this.#logger.info(
      { subject, times: open.times, lastedMs: Math.round(this.#now() - open.since) },
      message,
    );
  }
}
