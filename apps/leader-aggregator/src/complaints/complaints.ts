import { Episode, type Logger } from '@atalaya/service-kit';

/** Says what is wrong once when it begins, at most once a minute while it lasts, and once when it is over. */
export class Complaints {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #open = new Map<string, Episode>();

  /** `now` is a monotonic clock in ms. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Something is wrong (still); what is wrong with another `subject` is another complaint. */
  raise(subject: string, message: string): void {
    const now = this.#now();
    const complaint = this.#open.get(subject) ?? new Episode(now);
    this.#open.set(subject, complaint);
    const due = complaint.note(now);
    if (due === 'new') {
      this.#logger.warn({ subject }, message);
    } else if (due === 'reminder') {
      const seconds = Math.round(complaint.lastedMs(now) / 1000);
      this.#logger.warn({ subject, times: complaint.times }, `for ${seconds} s now: ${message}`);
    }
  }

  /** It is right again; `message` is logged if it was not. */
  clear(subject: string, message: string): void {
    const complaint = this.#open.get(subject);
    if (complaint === undefined) return;
    this.#open.delete(subject);
    const lastedMs = complaint.lastedMs(this.#now());
    this.#logger.info({ subject, times: complaint.times, lastedMs }, message);
  }
}
