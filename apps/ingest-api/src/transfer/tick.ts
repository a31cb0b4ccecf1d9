import { tickReportSchema } from '@atalaya/contracts';
import { z } from 'zod';

/** The formats in which the values of a group leave and come, with their media types. */
export const TICK_FORMATS = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
} as const;

export type TickFormat = keyof typeof TICK_FORMATS;

/** All that is kept of one tick of a group. */
export const tickSchema = z.strictObject(
  tickReportSchema.pick({ timestamp: true, value: true, count: true, min: true, max: true, sensors: true })
    .shape,
);
export type Tick = z.infer<typeof tickSchema>;
