import { groupSchema, timestampSchema } from '@atalaya/contracts';
import { z } from 'zod';

/** Most values of one answer; read on from where it ends. */
export const MAX_LIMIT = 10_000;
const DEFAULT_LIMIT = 1_000;

/** A whole number in a query. Only decimal digits: `Number` would also read an empty text, as 0. */
function wholeNumber(schema: z.ZodType<number, number>, description: string): z.ZodType<number, string> {
  return z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number in decimal digits')
    .transform(Number)
    .pipe(schema)
    .describe(description);
}

export const groupField = groupSchema.default('default').describe('Name of the group');

/** A range of time in a query; `from` must not be after `to`. */
export const rangeFields = {
  from: wholeNumber(timestampSchema, 'First timestamp, in ms, included').optional(),
  to: wholeNumber(timestampSchema, 'Last timestamp, in ms, included').optional(),
};

export function rangeIsOrdered(range: { from?: number | undefined; to?: number | undefined }): boolean {
  return range.from === undefined || range.to === undefined || range.from <= range.to;
}

export const RANGE_ORDER_PROBLEM = { path: ['from'], message: "must not be after 'to'" };

/** A limit in a query. */
export function limitField(max: number): z.ZodType<number, string> {
  return wholeNumber(z.int().min(1).max(max), `Most entries of the answer, 1 to ${max}`);
}

const MAX_BUCKET_MS = 366 * 24 * 3_600_000;

/** Query of `GET /api/v1/measurements` and of one sensor's values. */
export const seriesQuerySchema = z
  .object({
    group: groupField,
    ...rangeFields,
    limit: limitField(MAX_LIMIT).default(DEFAULT_LIMIT),
    bucketMs: wholeNumber(z.int().min(1).max(MAX_BUCKET_MS), 'Width of a bucket, in ms').optional(),
    aggregate: z
      .enum(['avg', 'min', 'max', 'count', 'sum', 'first', 'last'])
      .optional()
      .describe('How the values of a bucket become one; avg without it. Needs bucketMs.'),
  })
  .refine(rangeIsOrdered, RANGE_ORDER_PROBLEM)
  .refine((query) => query.aggregate === undefined || query.bucketMs !== undefined, {
    path: ['bucketMs'],
    message: "is required with 'aggregate'",
  });

export type SeriesQueryFields = z.output<typeof seriesQuerySchema>;
