import type { Logger } from '../observability/logger.js';

/** Logs an outage once, with what to do, and its end once; what repeats in between goes to the debug level. */
export class OutageLog {
  readonly #logger: Logger;
  readonly #hosts: string;
  #startedAtMs: number | undefined;
  #logged = false;

  constructor(logger: Logger, hosts: string) {
    this.#logger = logger;
    this.#hosts = hosts;
  }

  failed(what: string, error?: unknown): void {
    this.#startedAtMs ??= performance.now();
    const details = { hosts: this.#hosts, ...(error === undefined ? {} : { err: error }) };
    if (this.#logged) {
      this.#logger.debug(details, what);
      return;
    }
    this.#logged = true;
    this.#logger.warn(
      details,
      `${what}. Reconnecting until it answers; if that does not happen, check that ZooKeeper runs at ${this.#hosts} ` +
        'and can be reached from here',
    );
  }

  recovered(): void {
    if (this.#logged) {
      const outageMs = Math.round(performance.now() - (this.#startedAtMs ?? 0));
      this.#logger.info({ hosts: this.#hosts, outageMs }, 'ZooKeeper can be reached again');
    }
    this.#logged = false;
    this.#startedAtMs = undefined;
  }
}
