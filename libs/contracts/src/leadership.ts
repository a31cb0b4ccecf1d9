import { z } from 'zod';
import { candidateIdSchema, timestampSchema } from './identifiers.js';

/** Most candidates that a report names. */
export const MAX_CANDIDATES = 1_000;

/** What a leader says of its term in a report; times by its own clock, in ms. */
export const leadershipReportSchema = z.object({
  /** When it was elected. */
  elected: timestampSchema,
  /** When the report was sent. */
  at: timestampSchema,
  /** What remained of its lease then: for so long nobody else can lead. */
  leaseMs: z.int().min(0),
  /** Time between two ticks. */
  intervalMs: z.int().min(1),
  /** Ids of all candidates in the order of their queue, the leader first. */
  candidates: z.array(candidateIdSchema).max(MAX_CANDIDATES),
});
export type LeadershipReport = z.infer<typeof leadershipReportSchema>;
