import { disposer } from './listeners.js';
import type { Disposer } from '../connection/client.js';

/** Calls the listener when the signal aborts, at once if it has already. */
export function onAbort(signal: AbortSignal, listener: () => void): Disposer {
  if (signal.aborted) {
    listener();
    return disposer(() => {});
  }
  signal.addEventListener('abort', listener, { once: true });
  return disposer(() => {
    signal.removeEventListener('abort', listener);
  });
}
