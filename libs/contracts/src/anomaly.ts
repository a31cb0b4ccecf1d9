import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';

/** A value marked as anomalous, with the reason. */
export const anomalySchema = z.object({
  /** The sensor's id, or null for the mean of the group. */
  sensor: z.string().nullable(),
  timestamp: timestampSchema,
  value: z.number(),
  /** Name of the method that marked it. */
  method: z.string(),
  /** Distance from the expected value in robust standard deviations. */
  score: z.number(),
  /** The range in which the method expected the value. */
  expected: z.object({ min: z.number(), max: z.number() }),
});
export type Anomaly = z.infer<typeof anomalySchema>;

/** Answer of `GET /api/v1/anomalies`, oldest first. */
export const anomalyListSchema = z.object({
  group: groupSchema,
  anomalies: z.array(anomalySchema),
  /** Whether the sensors were looked at, too; false where a group has too many for one answer. */
  sensorsCovered: z.boolean(),
  /** The `from` of the rest where the range was too long for one answer; null when it is covered. */
  next: timestampSchema.nullable(),
});
export type AnomalyList = z.infer<typeof anomalyListSchema>;
