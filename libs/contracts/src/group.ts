import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';

/** A group at a glance. */
export const groupSummarySchema = z.object({
  group: groupSchema,
  /** Newest mean, its tick in ms, and who sent it; null until there is a report. */
  value: z.number().nullable(),
  tick: timestampSchema.nullable(),
  leader: z.string().nullable(),
  /** Time between two ticks in ms, as the leader says. */
  intervalMs: z.int().nullable(),
  /** Sensors in the newest mean, and those that were left out of it. */
  count: z.int(),
  stale: z.array(z.string()),
  invalid: z.array(z.string()),
});
export type GroupSummary = z.infer<typeof groupSummarySchema>;

/** Answer of `GET /api/v1/groups`, by name. */
export const groupSummaryListSchema = z.object({ groups: z.array(groupSummarySchema) });
export type GroupSummaryList = z.infer<typeof groupSummaryListSchema>;
