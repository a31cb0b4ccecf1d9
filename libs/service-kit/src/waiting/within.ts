/**
 * Settles like the promise; where `limitMs` pass first, like a call of `expired`, which returns another value or throws.
 * The promise itself goes on, and a rejection of it that comes later is swallowed.
 */
export function within<T>(limitMs: number, promise: Promise<T>, expired: (limitMs: number) => T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<number>((resolve) => {
    timer = setTimeout(resolve, limitMs, limitMs);
  });
  return Promise.race([promise, limit.then(expired)]).finally(() => {
    clearTimeout(timer);
  });
}
