export {
  type Measurement,
  type MeasurementList,
  type TickReport,
  tickReportSchema,
  measurementSchema,
  measurementListSchema,
} from './measurement.js';
export { type SensorList, type SensorReading, type SensorState, sensorListSchema } from './sensor.js';
export { type GroupStatus, groupStatusSchema } from './status.js';
export { type Anomaly, type AnomalyList, anomalyListSchema, anomalySchema } from './anomaly.js';
export { type Problem, problemSchema } from './problem.js';
export { fencingTokenSchema, groupSchema, sensorIdSchema, timestampSchema } from './identifiers.js';
export {
  type BatchResult,
  type BatchResultList,
  type MeasurementBatch,
  type StoredMeasurement,
  batchResultListSchema,
  batchResultSchema,
  MAX_BATCH_REPORTS,
  measurementBatchSchema,
  storedMeasurementSchema,
} from './measurement-batch.js';
