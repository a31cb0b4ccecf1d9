import { checkMilliseconds } from '../arguments/arguments.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { linkedSignal, type LinkedSignal } from './linked-signal.js';

export interface DeadlineOptions {
  /** `Infinity`, or left out: without a limit. */
  readonly timeoutMs: number | undefined;
  /** Name of the option, for the error of a time that no timer can have. Default `timeoutMs`. */
  readonly option?: string;
  /** The reason with which the signal aborts when the time is over. */
  readonly expired: (timeoutMs: number) => CoordinationError;
  readonly signals: readonly (AbortSignal | undefined)[];
}

/**
 * A signal that aborts with the first of the sources, and when the time is over. Dispose of it when the wait is over.
 * Throws `INVALID_ARGUMENT` for a time that no timer can have.
 */
export function deadlineSignal({
  timeoutMs = Infinity,
  option = 'timeoutMs',
  expired,
  signals,
}: DeadlineOptions): LinkedSignal {
  checkMilliseconds(timeoutMs, option, { orInfinity: true });
  if (timeoutMs === Infinity) return linkedSignal(...signals);
  const expiry = new AbortController();
  const timer = setTimeout(() => {
    expiry.abort(expired(timeoutMs));
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

/** For waits that leave nothing behind: `the lock under /path was not granted within …`. */
export function waitTimeout(what: string, path: string): DeadlineOptions['expired'] {
  return (timeoutMs) =>
    new CoordinationError('WAIT_TIMEOUT', `${what} under ${path} was not granted within ${timeoutMs} ms`, {
      path,
    });
}
