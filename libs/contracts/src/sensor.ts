import { z } from 'zod';
import { groupSchema, timestampSchema } from './identifiers.js';

/**
 * `ok`: its value was in the last mean; `stale`, `invalid`: it was left out of it for that reason; `gone`: the last
 * report did not name it.
 */
export const sensorStateSchema = z.enum(['ok', 'stale', 'invalid', 'gone']);
export type SensorState = z.infer<typeof sensorStateSchema>;

/** A sensor with its last stored value; both are null for one that never had a valid value. */
export const sensorReadingSchema = z.object({
  id: z.string(),
  value: z.number().nullable(),
  timestamp: timestampSchema.nullable(),
  state: sensorStateSchema,
});
export type SensorReading = z.infer<typeof sensorReadingSchema>;

/** Answer of `GET /api/v1/sensors`, by id. */
export const sensorListSchema = z.object({ group: groupSchema, sensors: z.array(sensorReadingSchema) });
export type SensorList = z.infer<typeof sensorListSchema>;
