import { setTimeout as delay } from 'node:timers/promises';
import { type Logger, OutageReporter } from '@atalaya/service-kit';
import { type Store } from './store-port.js';

const WATCH_INTERVAL_MS = 2_000;

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
      if (!signal.aborted) reporter.failed(error);
    }
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
