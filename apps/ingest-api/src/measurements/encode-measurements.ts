import { setImmediate } from 'node:timers/promises';
import { type MeasurementList } from '@atalaya/contracts';

export const JSON_CONTENT_TYPE = 'application/json; charset=utf-8';

/** Values that are written in one go, in less than a millisecond. */
const VALUES_BETWEEN_PAUSES = 1_000;

/** The JSON text of an answer with many values; other requests come in between. */
export async function encodeMeasurements({ group, measurements }: MeasurementList): Promise<string> {
  const parts: string[] = [];
  for (let first = 0; first < measurements.length; first += VALUES_BETWEEN_PAUSES) {
    if (first > 0) await setImmediate();
    parts.push(JSON.stringify(measurements.slice(first, first + VALUES_BETWEEN_PAUSES)).slice(1, -1));
  }
  return `{"group":${JSON.stringify(group)},"measurements":[${parts.join(',')}]}`;
}
