import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';

/**
 * Answer of `GET /api/v1/chart`: a curve in columns of equal length, oldest first, with as many points as can be told
 * apart. With buckets, a point is at its bucket's start.
 */
export const chartSeriesSchema = z.object({
  group: groupSchema,
  /** The sensor whose curve it is; null for the mean of the group. */
  sensor: z.string().nullable(),
  from: timestampSchema,
  to: timestampSchema,
  /** Width of a bucket in ms; null for the values as they are stored. */
  bucketMs: z.int().nullable(),
  /** Usual time between two points in ms: where it is longer nothing was stored. */
  stepMs: z.int().nullable(),
  times: z.array(timestampSchema),
  values: z.array(z.number()),
  /** The lowest and the highest value at each point; null where there is none. */
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
});
export type ChartSeries = z.infer<typeof chartSeriesSchema>;
