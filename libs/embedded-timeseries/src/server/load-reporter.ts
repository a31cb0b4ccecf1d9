import { type LoadProgress } from '../keyspace/database.js';
import { type ServerLogger } from './options.js';

const REPORT_INTERVAL_MS = 2_000;

/** Looked at for the time only now and then: most folders are read long before. */
const KEYS_BETWEEN_LOOKS = 1_000;

/** Logs how far the start is, where reading the keys takes longer than a moment. */
export function loadReporter(dataDir: string, logger: ServerLogger | undefined): LoadProgress {
  let reportedAtMs = Date.now();
  return (keys) => {
    if (keys % KEYS_BETWEEN_LOOKS !== 0 || Date.now() - reportedAtMs < REPORT_INTERVAL_MS) return;
    reportedAtMs = Date.now();
    logger?.info({ dataDir, keys }, 'Reading the keys of the time series.');
  };
}
