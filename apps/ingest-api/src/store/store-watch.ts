import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, OutageReporter } from '@atalaya/service-kit';
import { type Store } from './store-port.js';

const WATCH_INTERVAL_MS = 2_000;

/** A call, since the compiler takes the property for constant once it was checked. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/**
 * Asks the store from time to time whether it is there, and logs when it goes and when it is back: once each, and not
 * for every request that fails meanwhile. Ends with `signal`.
 */
export async function watchStore(
  store: Pick<Store, 'ping'>,
  options: { logger: Logger; subject: string; advice?: string; intervalMs?: number; signal: AbortSignal },
): Promise<void> {
  const { logger, subject, advice, intervalMs = WATCH_INTERVAL_MS, signal } = options;
  const reporter = new OutageReporter({ logger, subject, ...(advice === undefined ? {} : { advice }) });
  while (!signal.aborted) {
    try {
      await store.ping();
      reporter.recovered();
    } catch (error) {
      // A failure while the process ends is no outage.
      if (!isAborted(signal)) reporter.failed(error);
    }
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
