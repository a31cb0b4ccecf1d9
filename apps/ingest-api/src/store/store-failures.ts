import { type StoreUnavailableCode, UNAVAILABLE_CODES } from '@atalaya/measurement-store';
import { labelledCounter } from '@atalaya/service-kit';
import { type Counter, type Registry } from 'prom-client';

/** Counts the operations of the store that failed because it is away or refuses to serve, by reason. */
export function createStoreFailures(registry: Registry): Counter<'reason'> {
  return labelledCounter(registry, {
    name: 'atalaya_ingest_store_failures_total',
    help: 'Operations of the store that failed because it is away or refuses to serve, by reason',
    label: 'reason',
    values: UNAVAILABLE_CODES.map(failureReason),
  });
}

/** The code of a failure as the value of a label: `STORE_READ_ONLY` is `read-only`, `STORE_UNAVAILABLE` `unavailable`. */
export function failureReason(code: StoreUnavailableCode): string {
  return code
    .replace(/^STORE_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}
