import { MAX_REPORT_SENSORS, sensorIdSchema, type TickReport } from '@atalaya/contracts';
import type { Summary } from './mean.js';
import type { SortedValues } from './sort-out.js';

/** What a tick found, without who sends it: that is known when it is sent, which may be later and by another leader. */
export type UnsignedReport = Omit<TickReport, 'token' | 'ensemble' | 'leader' | 'leadership'>;

/**
 * The report of one tick. Ids that the API does not take (longer than 128 characters, with control characters) are not
 * named in it; their values are part of the mean all the same.
 */
export function tickReport(
  group: string,
  timestamp: number,
  summary: Summary,
  values: SortedValues,
): UnsignedReport {
  return {
    group,
    timestamp,
    ...summary,
    // Built from entries: an id such as `__proto__` becomes a property like any other.
    sensors: Object.fromEntries([...values.valid].filter(([id]) => canBeNamed(id))),
    stale: values.stale.filter(canBeNamed),
    invalid: [...values.invalid.keys()].filter(canBeNamed),
  };
}

/** The report without the single sensors: what remains when it would be too large. */
export function withoutSensors(report: UnsignedReport): UnsignedReport {
  const shortened = { ...report };
  delete shortened.sensors;
  delete shortened.stale;
  delete shortened.invalid;
  return shortened;
}

/** Whether a report names more sensors than the API takes in one. */
export function namesTooMany({ sensors = {}, stale = [], invalid = [] }: UnsignedReport): boolean {
  return [Object.keys(sensors), stale, invalid].some(({ length }) => length > MAX_REPORT_SENSORS);
}

function canBeNamed(id: string): boolean {
  return sensorIdSchema.safeParse(id).success;
}
