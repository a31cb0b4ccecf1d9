/**
 * Runs a task with a signal that aborts with `signal`, or after `limitMs`; what is left behind is nothing, however long
 * `signal` lives.
 */
export async function withTimeLimit<T>(
  limitMs: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`not done within ${limitMs} ms`));
  }, limitMs);
  const stop = (): void => {
    limit.abort(signal.reason);
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await task(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
