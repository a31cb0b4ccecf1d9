import { Episode, type Logger } from '@atalaya/service-kit';

/** Says what is wrong once when it begins, at most once a minute while it lasts, and once when it is over. */
export class Complaints {
  readonly #logger: Logger;
  readonly #now: () => number;
  readonly #open = new Map<string, { episode: Episode; message: string }>();

  /** `now` is a monotonic clock in ms. */
  constructor(logger: Logger, now: () => number = () => performance.now()) {
    this.#logger = logger;
    this.#now = now;
  }

  /** Something is wrong (still); what is wrong with another `subject` is another complaint. */
  raise(subject: string, message: string): void {
    const now = this.#now();
    const episode = this.#open.get(subject)?.episode ?? new Episode(now);
    this.#open.set(subject, { episode, message });
    const due = episode.note(now);
    if (due === 'new') {
      this.#logger.warn({ subject }, message);
    } else if (due === 'reminder') {
      const seconds = Math.round(episode.lastedMs(now) / 1000);
      this.#logger.warn({ subject, times: episode.times }, `for ${seconds} s now: ${message}`);
    }
  }

  /** What is wrong with a subject now; undefined when nothing is. */
  current(subject: string): string | undefined {
    return this.#open.get(subject)?.message;
  }

  /** It is right again; `message` is logged if it was not. */
  clear(subject: string, message: string): void {
    const episode = this.#open.get(subject)?.episode;
    if (episode === undefined) return;
    this.#open.delete(subject);
    const lastedMs = episode.lastedMs(this.#now());
    this.#logger.info({ subject, times: episode.times, lastedMs }, message);
  }
}
