import { WireError } from '../errors/wire-error.js';
import { type WireErrorCode } from '../errors/wire-error-codes.js';

/** How far a session is. */
export type SessionState = 'connecting' | 'connected' | 'closed' | 'expired' | 'authentication-failed';

const NOT_SERVED: Readonly<Record<SessionState, readonly [WireErrorCode, string]>> = {
  connecting: ['NOT_CONNECTED', 'no server serves the session at the moment'],
  connected: ['NOT_CONNECTED', 'the connection has just ended'],
  closed: ['CLOSED', 'the session was closed'],
  expired: ['SESSION_EXPIRED', 'the session is over'],
  'authentication-failed': ['AUTHENTICATION_FAILED', 'the servers refused the credentials'],
};

/** How far a session is, and those who wait for it to be served. */
export class SessionStatus {
  #state: SessionState = 'connecting';
  /** Called when the session is served, or over. */
  readonly #waiters = new Set<() => void>();

  get state(): SessionState {
    return this.#state;
  }

  isOver(): boolean {
    return this.#state !== 'connecting' && this.#state !== 'connected';
  }

  enter(state: SessionState): void {
    this.#state = state;
    if (state === 'connecting') return;
    for (const settle of [...this.#waiters]) settle();
  }

  /** Resolves when the session is served; rejects when it is over, or with the signal's reason. */
  connected(signal: AbortSignal | undefined): Promise<void> {
    if (this.#state === 'connected') return Promise.resolve();
    if (this.isOver()) return Promise.reject(this.notServed('waiting for the connection'));
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        signal?.removeEventListener('abort', settle);
        this.#waiters.delete(settle);
        if (this.#state === 'connected') resolve();
        else if (this.isOver()) reject(this.notServed('waiting for the connection'));
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever the caller gave
        else reject(signal?.reason);
      };
      if (signal?.aborted) {
        settle();
        return;
      }
      signal?.addEventListener('abort', settle);
      this.#waiters.add(settle);
    });
  }

  /** Why nothing can be sent. */
  notServed(operation: string, path?: string): WireError {
    const [code, why] = NOT_SERVED[this.#state];
    const about = path === undefined ? operation : `${operation} ${path}`;
    return new WireError(code, `${about} was not sent: ${why}`, { path });
  }
}
