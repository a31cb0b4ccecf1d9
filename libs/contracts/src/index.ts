export {
  type Measurement,
  type MeasurementList,
  type TickReport,
  MAX_REPORT_SENSORS,
  tickReportSchema,
  measurementSchema,
  measurementListSchema,
} from './measurement.js';
export {
  type SensorList,
  type SensorReading,
  type SensorState,
  sensorListSchema,
  sensorReadingSchema,
} from './sensor.js';
export { type GroupStatus, groupStatusSchema } from './status.js';
export { type LeadershipReport, leadershipReportSchema, MAX_CANDIDATES } from './leadership.js';
export {
  type Leadership,
  type Term,
  type TermEnd,
  type TermEndNotice,
  type TermList,
  TERM_ENDS,
  termEndNoticeSchema,
  termListSchema,
  termSchema,
} from './term.js';
export { type GroupSummary, type GroupSummaryList, groupSummaryListSchema } from './group.js';
export { type ChartSeries, chartSeriesSchema } from './chart.js';
export { type Overview, overviewSchema } from './overview.js';
export { type Anomaly, type AnomalyList, anomalyListSchema, anomalySchema } from './anomaly.js';
export { type Problem, PROBLEM_TYPE_PREFIX, problemSchema, TIMESTAMP_AHEAD_PROBLEM } from './problem.js';
export {
  type GroupRepairRequest,
  type GroupRepairResult,
  groupRepairResultSchema,
  groupRepairSchema,
} from './repair.js';
export {
  candidateIdSchema,
  fencingTokenSchema,
  groupSchema,
  sensorIdSchema,
  timestampSchema,
} from './identifiers.js';
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
