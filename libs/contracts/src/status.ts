import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';

/** Answer of `GET /api/v1/status`; fields are null (lists empty, count 0) until the group has its first report. */
export const groupStatusSchema = z.object({
  group: groupSchema,
  /** Id of the candidate that sent the newest tick. */
  leader: z.string().nullable(),
  /** Its fencing token. */
  token: z.string().nullable(),
  /** First tick of its term, in ms. */
  since: timestampSchema.nullable(),
  /** Newest tick, in ms. */
  tick: timestampSchema.nullable(),
  /** Mean at that tick. */
  value: z.number().nullable(),
  /** How many sensors the mean is of. */
  count: z.int(),
  stale: z.array(z.string()),
  invalid: z.array(z.string()),
});
export type GroupStatus = z.infer<typeof groupStatusSchema>;
