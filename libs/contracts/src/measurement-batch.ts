import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';
import { measurementSchema, tickReportSchema } from './measurement.js';
import { problemSchema } from './problem.js';

/** Most reports that one batch can hold. */
export const MAX_BATCH_REPORTS = 1_000;

/** Answer of `POST /api/v1/measurements`: the value that is stored for the tick, by this report or an earlier one. */
export const storedMeasurementSchema = measurementSchema.extend({ group: groupSchema });
export type StoredMeasurement = z.infer<typeof storedMeasurementSchema>;

/** Body of `POST /api/v1/measurements/batch`; the reports are recorded in their order. */
export const measurementBatchSchema = z.object({
  reports: z.array(tickReportSchema).min(1).max(MAX_BATCH_REPORTS),
});
export type MeasurementBatch = z.input<typeof measurementBatchSchema>;

/** What became of one report of a batch: what the same report sent alone would be answered. */
export const batchResultSchema = z.object({
  /** 201, 200, 409, 400 or 503, as for a report sent alone. */
  status: z.int(),
  group: groupSchema.optional(),
  timestamp: timestampSchema.optional(),
  value: z.number().optional(),
  /** Why it was not stored. */
  problem: problemSchema.optional(),
});
export type BatchResult = z.infer<typeof batchResultSchema>;

/** Answer of `POST /api/v1/measurements/batch`: one result for each report, in their order. */
export const batchResultListSchema = z.object({ results: z.array(batchResultSchema) });
export type BatchResultList = z.infer<typeof batchResultListSchema>;
