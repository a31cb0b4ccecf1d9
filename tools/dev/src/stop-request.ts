/**
 * A signal that aborts when this command is asked to end: by SIGINT, SIGTERM or SIGHUP, or because a parent that opened
 * an IPC channel is gone. A second signal ends the process at once.
 */
export function stopRequest(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(1);
      controller.abort(new Error(`stopped by ${name}`));
    });
  }
  process.once('disconnect', () => {
    controller.abort(new Error('the parent process is gone'));
  });
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
