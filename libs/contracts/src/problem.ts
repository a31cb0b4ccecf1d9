import { z } from 'zod';

/** An error answer, `application/problem+json` (RFC 9457). */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** What the `type` of a problem begins with that a program can tell apart by more than its status. */
export const PROBLEM_TYPE_PREFIX = 'urn:atalaya:problem:';

/** Last part of the `type` of the refusal of a report whose timestamp is ahead of the server's clock. */
export const TIMESTAMP_AHEAD_PROBLEM = 'timestamp-ahead';
