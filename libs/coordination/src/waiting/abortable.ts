import { onAbort } from './on-abort.js';

/**
 * Settles like the promise, or rejects with the signal's reason as soon as it aborts. The promise itself goes on; a
 * rejection that comes after the abort is swallowed.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    promise.catch(() => {});
    return Promise.reject(reasonOf(signal));
  }
  return new Promise<T>((resolve, reject) => {
    const unlisten = onAbort(signal, () => {
      reject(reasonOf(signal));
    });
    promise.then(resolve, reject).finally(unlisten);
  });
}

/** What an aborted wait rejects with: the signal's reason as it is, an error as a rule. */
export function reasonOf(signal: AbortSignal): Error {
  return signal.reason as Error;
}

/** Resolves after `ms`; rejects with the signal's reason on abort. */
export function delay(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unlisten?.();
      resolve();
    }, ms);
    const unlisten =
      signal &&
      onAbort(signal, () => {
        clearTimeout(timer);
        reject(reasonOf(signal));
      });
  });
}

/** Whether the promise settled, either way, within `ms`; `Infinity` waits for it. */
export function settledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer =
      ms === Infinity
        ? undefined
        : setTimeout(() => {
            resolve(false);
          }, ms);
    const settle = () => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(settle, settle);
  });
}
