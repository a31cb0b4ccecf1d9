/** How often the parent process is looked for, in ms. */
const PARENT_CHECK_MS = 500;

/**
 * A signal that aborts when this command is asked to end: by SIGINT, SIGTERM or SIGHUP, or because the process that
 * started it (npm, a test) is gone. A second signal ends the process at once.
 */
export function stopRequest(): AbortSignal {
  const controller = new AbortController();
  const parent = process.ppid;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    controller.abort(new Error('the parent process is gone'));
  }, PARENT_CHECK_MS);
  timer.unref();
  return controller.signal;
}

/** Resolves when the signal aborts; keeps the process alive until then. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const alive = setInterval(() => {}, 60_000);
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(alive);
        resolve();
      },
      { once: true },
    );
  });
}
