export {
  MAX_QUERY_LIMIT,
  type Aggregate,
  type MeasurementQuery,
  type SeriesQuery,
} from './measurement-query.js';
export {
  InvalidQueryError,
  LimitReachedError,
  MeasurementStoreError,
  StoreRejectedError,
  StoreUnavailableError,
  TimeSeriesMissingError,
  TimestampAheadError,
  UNAVAILABLE_CODES,
  type MeasurementStoreErrorCode,
  type StoreUnavailableCode,
} from './errors.js';
export { type TermQuery } from './terms/term-reader.js';
export { type NumberedMeasurement } from './numbered-measurement.js';
export { type BatchOutcome, type RecordOutcome } from './record-outcome.js';
export { type GroupRepair, type RepairOutcome } from './repairing/repair-group.js';
export { type EventsOptions, type StoreEvent, type StoreEventName } from './store-event.js';
export { type ScriptCall, type ScriptReply, type ServerScript } from './scripts/server-script.js';
export { measurementScripts } from './scripts/measurement-scripts.js';
export { MeasurementStore } from './measurement-store.js';
export { type MeasurementStoreOptions, type StoreLogger } from './store-options.js';
