import type { Disposer } from '../waiting/disposer.js';
import type { SessionKeeper } from './session-keeper.js';
import type { Session } from './session.js';
import { abortable } from '../waiting/abortable.js';
import { deferred } from '../waiting/deferred.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { onAbort } from '../waiting/on-abort.js';

/**
 * One wait for a reason to read again: a watch that fires, a reconnection (anything may have happened in between), or
 * the end of the session. Make it before the read that sets the watch, and pass it {@link wake}.
 */
export class WakeUp implements Disposable {
  readonly #session: Session;
  readonly #scope = new DisposalScope();
  readonly #woken = deferred<undefined>();
  /** The listener of the watches that wake. */
  readonly wake = (): void => {
    this.#woken.resolve(undefined);
  };

  constructor(keeper: SessionKeeper, session: Session) {
    this.#session = session;
    this.#scope.add(onAbort(session.ended, this.wake));
    this.#scope.add(
      keeper.onState((state) => {
        if (state === 'connected') this.wake();
      }),
    );
  }

  /** Takes the watch off at the end of the wait, whether or not it has fired. */
  watchedBy(unwatch: Disposer): void {
    this.#scope.add(unwatch);
  }

  /** Resolves when woken; rejects with the reason of the session's end, or of the signal. */
  async wait(signal?: AbortSignal): Promise<void> {
    await abortable(this.#woken.promise, signal);
    this.#session.ended.throwIfAborted();
  }

  [Symbol.dispose](): void {
    this.#scope[Symbol.dispose]();
  }
}
