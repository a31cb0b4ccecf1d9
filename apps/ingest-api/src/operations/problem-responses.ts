import { STATUS_CODES } from 'node:http';
import { problemSchema } from '@atalaya/contracts';
import { type z } from 'zod';

/** The error answers of a route, for its schema; all have the one form of `application/problem+json`. */
export function problemResponses<Status extends number>(
  ...statuses: Status[]
): Record<Status, { description: string; content: Record<string, { schema: z.ZodType }> }> {
  const entries = statuses.map((status) => [
    status,
    {
      description: STATUS_CODES[status] ?? 'Error',
      content: { 'application/problem+json': { schema: problemSchema } },
    },
  ]);
  return Object.fromEntries(entries) as ReturnType<typeof problemResponses<Status>>;
}
