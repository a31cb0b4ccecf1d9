import { z } from 'zod';
import {
  candidateIdSchema,
  fencingTokenSchema,
  groupSchema,
  sensorIdSchema,
  timestampSchema,
} from './identifiers.js';
import { leadershipReportSchema } from './leadership.js';

/**
 * Most sensors that one report can name, in each of `sensors`, `stale` and `invalid`: what the store takes within seconds
 * even where all of them are new to it.
 */
export const MAX_REPORT_SENSORS = 10_000;

/** One value of a series: `timestamp` in ms, for a mean the tick it belongs to. */
export const measurementSchema = z.object({ timestamp: timestampSchema, value: z.number() });
export type Measurement = z.infer<typeof measurementSchema>;

/** Answer of `GET /api/v1/measurements`, oldest first. */
export const measurementListSchema = z.object({
  group: groupSchema,
  measurements: z.array(measurementSchema),
});
export type MeasurementList = z.infer<typeof measurementListSchema>;

const sensorIdsSchema = z.array(sensorIdSchema).max(MAX_REPORT_SENSORS);

/** Body of `POST /api/v1/measurements`: what the leader of a group found at one tick. */
export const tickReportSchema = z.object({
  group: groupSchema.default('default'),
  /** The tick in ms; the mean is stored under it. */
  timestamp: timestampSchema,
  /** Mean of the valid values. */
  value: z.number(),
  /** How many values the mean is of. */
  count: z.int().min(0).optional(),
  min: z.number().optional(),
  max: z.number().optional(),
  /** Fencing token of the leader's term; without it the write is not fenced. */
  token: fencingTokenSchema.optional(),
  /**
   * Identity of the ZooKeeper ensemble that issued the token. Tokens are ordered within one ensemble only: with this
   * field the token is compared with the newest of the same ensemble, without it with the newest of all.
   */
  ensemble: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/)
    .optional(),
  /** Id of the leading candidate. */
  leader: candidateIdSchema.optional(),
  /** How the sender leads, for those who watch. */
  leadership: leadershipReportSchema.optional(),
  /** The values that the mean is of, by sensor id. */
  sensors: z
    .record(sensorIdSchema, z.number())
    .refine(
      (sensors) => Object.keys(sensors).length <= MAX_REPORT_SENSORS,
      `at most ${MAX_REPORT_SENSORS} sensors`,
    )
    .optional(),
  /** Sensors whose value was left out because it was written too long ago. */
  stale: sensorIdsSchema.optional(),
  /** Sensors whose value was left out because it is not a finite number. */
  invalid: sensorIdsSchema.optional(),
});
export type TickReport = z.infer<typeof tickReportSchema>;
