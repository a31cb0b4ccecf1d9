import { createHash } from 'node:crypto';
import { type TickReport } from '@atalaya/contracts';
import { encodeValue } from '@atalaya/redis-timeseries';
import { StoreRejectedError } from '../errors.js';
import { EVENT_STREAM_LENGTH } from '../events/event-stream.js';
import { type GroupKeys, groupKeys } from '../keys.js';
import { type ScriptRun } from '../scripts/script-runner.js';
import { groupSeries, type Series, sensorSeries } from '../series/series.js';

/** Sensors that one script run stores by default. It bounds how long the server is blocked: about 5 ms on Redis. */
export const SENSORS_PER_STEP = 1_000;

/** Most sensors of a step: Lua unpacks three arguments for each, and Redis's Lua takes 7,999. */
export const MAX_SENSORS_PER_STEP = 2_500;

/** Ids of stale and invalid sensors that a status event carries; with more its reader looks the status up. */
const MAX_EVENT_IDS = 200;

/** One run of a script with the series at the end of its keys. */
export interface PlannedStep extends ScriptRun {
  /** `series[i]` is the key at position `firstSeries + i`, counted from 1. */
  readonly series: readonly Series[];
  readonly firstSeries: number;
}

/** How a report is stored: one run of record-tick, then one of record-sensors per further step of its sensors. */
export interface ReportPlan {
  readonly group: string;
  readonly keys: GroupKeys;
  readonly tick: PlannedStep;
  readonly further: readonly PlannedStep[];
}

/** Plans a report; refuses values that are not finite. */
export function planReport(report: TickReport, sensorsPerStep: number): ReportPlan {
  const { group, timestamp, value, count, min, max, token, ensemble, leader, stale, invalid } = report;
  const keys = groupKeys(group);
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw new StoreRejectedError(`Timestamp ${timestamp} is not a non-negative integer of ms.`);
  }
  const readings = Object.entries(report.sensors ?? {});
  const figures = [value, count, min, max].map((figure) => (figure === undefined ? '' : finiteText(figure)));
  const status = statusEvent(report);
  const steps = slices(readings, sensorsPerStep);
  const first = steps[0] ?? [];
  const digest = steps.length > 1 ? digestOf(report) : '';
  const tickSeries = [...groupSeries(keys), ...first.map(([id]) => sensorSeries(keys, id))];
  return {
    group,
    keys,
    tick: {
      keys: [
        keys.fence,
        keys.status,
        keys.sensors,
        keys.events,
        keys.pending,
        ...tickSeries.map(({ key }) => key),
      ],
      args: [
        ...[keys.channel, String(timestamp), ...figures, token ?? '', ensemble ?? '', digest],
        ...[String(EVENT_STREAM_LENGTH), JSON.stringify({ timestamp, value }), leader ?? '', ...status],
        ...[JSON.stringify(stale ?? []), JSON.stringify(invalid ?? []), String(count ?? readings.length)],
        ...first.flatMap(([id, reading]) => [id, finiteText(reading)]),
      ],
      series: tickSeries,
      firstSeries: 6,
    },
    further: steps.slice(1).map((step, index) => {
      const series = step.map(([id]) => sensorSeries(keys, id));
      return {
        keys: [keys.pending, keys.status, keys.sensors, ...series.map(({ key }) => key)],
        args: [
          ...[String(timestamp), digest, index === steps.length - 2 ? 'last' : ''],
          ...step.flatMap(([id, reading]) => [id, finiteText(reading)]),
        ],
        series,
        firstSeries: 4,
      };
    }),
  };
}

function slices(readings: [string, number][], size: number): [string, number][][] {
  const steps: [string, number][][] = [];
  for (let first = 0; first < readings.length; first += size) {
    steps.push(readings.slice(first, first + size));
  }
  return steps;
}

function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw new StoreRejectedError(`Value ${value} is not a finite number.`);
  return encodeValue(value);
}

/** The status event as two pieces of JSON; the script puts the first tick of the term between them. */
function statusEvent(report: TickReport): [head: string, tail: string] {
  const { group, leader = null, token = null, timestamp, value, count, sensors } = report;
  const { stale = [], invalid = [] } = report;
  if (stale.length + invalid.length > MAX_EVENT_IDS) return ['', ''];
  const known = { group, leader, token };
  const found = {
    tick: timestamp,
    value,
    count: count ?? Object.keys(sensors ?? {}).length,
    stale,
    invalid,
  };
  return [`${JSON.stringify(known).slice(0, -1)},"since":`, `,${JSON.stringify(found).slice(1)}`];
}

/** Two reports with the same digest store the same values. */
function digestOf({ timestamp, value, sensors }: TickReport): string {
  return createHash('sha256')
    .update(JSON.stringify([timestamp, value, sensors]))
    .digest('base64url');
}
