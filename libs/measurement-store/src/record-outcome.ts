import { type Measurement } from '@atalaya/contracts';
import { type MeasurementStoreError } from './errors.js';

/** What became of a tick's report. */
export type RecordOutcome =
  /** Stored by this call. */
  | { outcome: 'stored'; measurement: Measurement }
  /** The tick had a value; `measurement` is the kept one. */
  | { outcome: 'duplicate'; measurement: Measurement }
  /** The token is older than the newest seen; nothing was stored. */
  | { outcome: 'stale-token'; newestToken: string };

/** One entry of the answer of `recordAll`, in the order of the reports. */
export type BatchOutcome = RecordOutcome | { outcome: 'failed'; error: MeasurementStoreError };
