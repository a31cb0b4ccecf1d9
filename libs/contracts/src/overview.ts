import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';
import { sensorReadingSchema } from './sensor.js';
import { groupStatusSchema } from './status.js';
import { leadershipSchema } from './term.js';

/** Answer of `GET /api/v1/overview`: what a page needs to go on after a tick, in one answer. */
export const overviewSchema = z.object({
  group: groupSchema,
  /** The server's clock in ms. */
  now: timestampSchema,
  status: groupStatusSchema,
  leadership: leadershipSchema.nullable(),
  /** The newest measurements, oldest first, numbered from 1 since the group was cleared. */
  measurements: z.array(z.object({ number: z.int(), timestamp: timestampSchema, value: z.number() })),
  /** Lowest and highest sensor at the newest tick; null where the report did not say. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  sensorCount: z.int(),
  /** Null where they were not asked for. */
  sensors: z.array(sensorReadingSchema).nullable(),
});
export type Overview = z.infer<typeof overviewSchema>;
