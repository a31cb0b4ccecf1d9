import { CoordinationError } from '../errors/coordination-error.js';
import { linkedSignal, type LinkedSignal } from './linked-signal.js';

/** The longest delay a timer can have. */
const maxTimeoutMs = 2 ** 31 - 1;

export interface DeadlineOptions {
  readonly timeoutMs: number | undefined;
  /** What was waited for, as the error says it: `the lock`. */
  readonly subject: string;
  readonly path: string;
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * A signal that aborts with the first of the sources, and with `WAIT_TIMEOUT` after `timeoutMs`. Dispose of it when the
 * wait is over. Throws `INVALID_ARGUMENT` for a time that no timer can have.
 */
export function deadlineSignal({ timeoutMs, subject, path, signals }: DeadlineOptions): LinkedSignal {
  if (timeoutMs === undefined || timeoutMs === Infinity) return linkedSignal(...signals);
  if (!(timeoutMs > 0) || timeoutMs > maxTimeoutMs) {
    throw new CoordinationError(
      'INVALID_ARGUMENT',
      `timeoutMs is ${timeoutMs}: give a number of milliseconds above 0, at most ${maxTimeoutMs}, or leave it out`,
      { path },
    );
  }
  const expiry = new AbortController();
  const timer = setTimeout(() => {
    expiry.abort(
      new CoordinationError(
        'WAIT_TIMEOUT',
        `${subject} under ${path} was not to be had within ${timeoutMs} ms`,
        {
          path,
        },
      ),
    );
  }, timeoutMs);
  const linked = linkedSignal(...signals, expiry.signal);
  return {
    signal: linked.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      linked[Symbol.dispose]();
    },
  };
}
