import { z } from 'zod';
import { fencingTokenSchema, groupSchema, timestampSchema } from './identifiers.js';

/**
 * How a term ended. `graceful`: the leader was asked to end and gave its place free; `session-lost`: it lost its session
 * or its lease, and lived on; `superseded`: the API had seen a newer leader; `crashed`: it said nothing any more.
 */
export const TERM_ENDS = ['graceful', 'session-lost', 'superseded', 'crashed'] as const;
export const termEndSchema = z.enum(TERM_ENDS);
export type TermEnd = z.infer<typeof termEndSchema>;

/** One term of leadership. Times in ms. */
export const termSchema = z.object({
  leader: z.string().nullable(),
  /** Its fencing token. */
  token: z.string(),
  /** When it was elected, by its own clock; null where it did not say. */
  elected: timestampSchema.nullable(),
  /** Its first and its newest tick. */
  since: timestampSchema,
  last: timestampSchema,
  /** When it ended, or was last heard of; null for the current term. */
  ended: timestampSchema.nullable(),
  /** Null for the current term. */
  end: termEndSchema.nullable(),
  /** True where nobody reported the end: it is inferred from what came, and did not come, afterwards. */
  inferred: z.boolean(),
  /** How long nobody led before it, at most, in ms; null for the first known term. */
  gapMs: z.int().min(0).nullable(),
  /** Ticks without a report between the term before and this one; null where that is not known. */
  missedTicks: z.int().min(0).nullable(),
});
export type Term = z.infer<typeof termSchema>;

/** How the group is led, as the newest report says. */
export const leadershipSchema = z.object({
  leader: z.string().nullable(),
  token: z.string(),
  elected: timestampSchema.nullable(),
  /** When the leader sent its newest report, and until when its lease ran then. */
  at: timestampSchema.nullable(),
  leaseUntil: timestampSchema.nullable(),
  intervalMs: z.int().nullable(),
  /** In the order of their queue, the leader first; empty where it did not say. */
  candidates: z.array(z.string()),
});
export type Leadership = z.infer<typeof leadershipSchema>;

/** Answer of `GET /api/v1/terms`, oldest first; the last one is the current term. */
export const termListSchema = z.object({
  group: groupSchema,
  terms: z.array(termSchema),
  /** Null until a leader has reported. */
  leadership: leadershipSchema.nullable(),
});
export type TermList = z.infer<typeof termListSchema>;

/** Body of `POST /api/v1/terms`: a leader says how its term ended. */
export const termEndNoticeSchema = z.object({
  group: groupSchema.default('default'),
  token: fencingTokenSchema,
  /** Identity of the ensemble that issued the token, as in its reports. */
  ensemble: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional(),
  ended: timestampSchema,
  end: z.enum(['graceful', 'session-lost', 'superseded']),
});
export type TermEndNotice = z.infer<typeof termEndNoticeSchema>;
