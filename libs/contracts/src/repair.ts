import { z } from 'zod';
import { fencingTokenSchema, groupSchema, timestampSchema } from './identifiers.js';

/** Body of `POST /api/v1/repair`: what to remove of a group, at least one of the two. */
export const groupRepairSchema = z
  .object({
    group: groupSchema.default('default'),
    /** Last timestamp to keep, in ms: every later value is removed. */
    after: timestampSchema.optional(),
    /** Newest fencing token to keep: the group forgets newer ones, and no longer refuses this one. */
    newestToken: fencingTokenSchema.optional(),
  })
  .refine(({ after, newestToken }) => after !== undefined || newestToken !== undefined, {
    message: "'after', 'newestToken' or both are required",
  });
export type GroupRepairRequest = z.input<typeof groupRepairSchema>;

/** Answer of `POST /api/v1/repair`: what was removed. */
export const groupRepairResultSchema = z.object({
  group: groupSchema,
  removed: z.object({ measurements: z.int(), tokens: z.int() }),
});
export type GroupRepairResult = z.infer<typeof groupRepairResultSchema>;
