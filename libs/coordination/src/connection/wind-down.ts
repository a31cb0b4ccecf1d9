import { disposer, type Disposer } from '../waiting/disposer.js';
import { settledWithin } from '../waiting/abortable.js';

/** What recipes do at the close of their client, while the session can still be used. */
export class WindDown {
  readonly #closers = new Set<() => Promise<void>>();

  add(closer: () => Promise<void>): Disposer {
    this.#closers.add(closer);
    return disposer(() => this.#closers.delete(closer));
  }

  /** Calls all of them, once; the function returned says whether they are done within `ms`. */
  begin(): (ms: number) => Promise<boolean> {
    const all = Promise.allSettled([...this.#closers].map((closer) => closer()));
    return (ms) => settledWithin(all, ms);
  }
}
