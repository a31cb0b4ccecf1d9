import { EVENT_STREAM_LENGTH } from '../events/event-stream.js';
import { FIRST_SENSOR_KEY } from '../scripts/record-ticks.js';
import { groupSeries, type Series, sensorSeries } from '../series/series.js';
import { type PlannedStep, type ReportPlan } from './report-plan.js';

/**
 * The run of the record-ticks script that stores reports of one group in their order; there is at least one.
 *
 * @param maxAheadMs how far ahead of the server's clock a tick may be
 */
export function planBatch(
  plans: readonly [ReportPlan, ...ReportPlan[]],
  { maxAheadMs }: { maxAheadMs: number },
): PlannedStep {
  const { group, keys } = plans[0];
  const positions = new Map<string, string>();
  const sensorsOfGroup: Series[] = [];
  const ids: string[] = [];
  const reports: string[] = [];
  for (const { args, sensors } of plans) {
    reports.push(...args);
    for (const [id, value] of sensors) {
      let position = positions.get(id);
      if (position === undefined) {
        position = String(FIRST_SENSOR_KEY + ids.length);
        positions.set(id, position);
        ids.push(id);
        sensorsOfGroup.push(sensorSeries(keys, id));
      }
      reports.push(position, value);
    }
  }
  const series = [...groupSeries(keys), ...sensorsOfGroup];
  return {
    keys: [
      ...[keys.fence, keys.status, keys.sensors, keys.events, keys.pending, keys.terms],
      ...series.map(({ key }) => key),
    ],
    args: [
      ...[keys.channel, group, String(EVENT_STREAM_LENGTH), String(plans.length), String(maxAheadMs)],
      ...ids,
      ...reports,
    ],
    series,
    firstSeries: FIRST_SENSOR_KEY - 4,
  };
}
