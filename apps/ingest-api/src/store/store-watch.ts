import { setTimeout as delay } from 'node:timers/promises';
import { StoreUnavailableError } from '@atalaya/measurement-store';
import { type Logger, OutageReporter } from '@atalaya/service-kit';
import { type Store } from './store-port.js';

const WATCH_INTERVAL_MS = 2_000;

export interface WatchedStore {
  readonly store: Pick<Store, 'ping'>;
  /** What the store runs on, as the start of a sentence. */
  readonly subject: string;
  /** Why there is no connection, where that is known. */
  connectionProblem(): Error | undefined;
}

/** A call, since the compiler takes the property for constant once it was checked. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** A refusal of the server as it is; of one that is away, why there is no connection, without a code of its own. */
function reasonOf(error: unknown, watched: WatchedStore): unknown {
  if (error instanceof StoreUnavailableError && error.code !== 'STORE_UNAVAILABLE') return error;
  const { message } = watched.connectionProblem() ?? (error as Error);
  return new Error(message);
}

/**
 * Asks the store from time to time whether it is there, and logs when it goes and when it is back: once each, and not
 * for every request that fails meanwhile. A store that refuses to serve is logged once per reason. Ends with `signal`.
 */
export async function watchStore(
  watched: WatchedStore,
  options: { logger: Logger; intervalMs?: number; signal: AbortSignal },
): Promise<void> {
  const { store, subject } = watched;
  const { logger, intervalMs = WATCH_INTERVAL_MS, signal } = options;
  const reporter = new OutageReporter({
    logger,
    subject,
    refusal: 'refuses to serve',
    advice: 'what needs it is answered 503 until it is back',
  });
  while (!signal.aborted) {
    try {
      await store.ping();
      reporter.recovered();
    } catch (error) {
      // A failure while the process ends is no outage.
      if (!isAborted(signal)) reporter.failed(reasonOf(error, watched));
    }
    await delay(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
