import { createHash } from 'node:crypto';
import { type TickReport } from '@atalaya/contracts';
import { encodeValue } from '@atalaya/redis-timeseries';
import { StoreRejectedError } from '../errors.js';
import { type GroupKeys, groupKeys } from '../keys.js';
import { type ReportFields, reportArguments } from '../scripts/report-arguments.js';
import { type ScriptRun } from '../scripts/script-runner.js';
import { termText } from '../terms/term-text.js';
import { type Series, sensorSeries } from '../series/series.js';

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

/** Id of a sensor and the text of its value. */
export type SensorText = readonly [id: string, value: string];

/** How a report is stored: by a run of record-ticks, then one of record-sensors per further step of its sensors. */
export interface ReportPlan {
  readonly group: string;
  readonly keys: GroupKeys;
  /** The report as the record-ticks script reads it, up to its sensors. */
  readonly args: readonly string[];
  /** Sensors that are stored with it. */
  readonly sensors: readonly SensorText[];
  readonly further: readonly PlannedStep[];
}

/** Plans a report; refuses values that are not finite. */
export function planReport(report: TickReport, sensorsPerStep: number): ReportPlan {
  const { group, timestamp, value } = report;
  const keys = groupKeys(group);
  if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
    throw new StoreRejectedError(`Timestamp ${timestamp} is not a non-negative integer of ms.`);
  }
  const readings = sensorTexts(report);
  const isWhole = readings.length <= sensorsPerStep;
  const fields = fieldsOf(report);
  if (!isWhole) {
    fields.digest = digestOf(report);
    fields.statusCount = fields.count ?? String(readings.length);
  }
  const sensors = isWhole ? readings : readings.slice(0, sensorsPerStep);
  if (sensors.length > 0) fields.sensors = String(sensors.length);
  return {
    group,
    keys,
    args: reportArguments(String(timestamp), finiteText(value), fields),
    sensors,
    further: isWhole ? [] : furtherSteps(report, keys, fields.digest ?? '', readings, sensorsPerStep),
  };
}

function sensorTexts({ sensors }: TickReport): SensorText[] {
  if (sensors === undefined) return [];
  return Object.entries(sensors).map(([id, value]) => [id, finiteText(value)]);
}

/** All but the sensors. */
function fieldsOf(report: TickReport): ReportFields {
  const { count, min, max, token, ensemble, leader, leadership, stale = [], invalid = [] } = report;
  const fields: ReportFields = {};
  if (count !== undefined) fields.count = finiteText(count);
  if (min !== undefined) fields.min = finiteText(min);
  if (max !== undefined) fields.max = finiteText(max);
  if (token !== undefined && token !== '') fields.token = checkedToken(token);
  if (ensemble !== undefined && ensemble !== '') fields.ensemble = ensemble;
  if (leader !== undefined) {
    fields.leader = leader;
    fields.leaderJson = JSON.stringify(leader);
  }
  if (leadership !== undefined) {
    fields.term = termText(leadership);
    fields.queue = JSON.stringify(leadership.candidates);
  }
  if (stale.length > 0) fields.stale = JSON.stringify(stale);
  if (invalid.length > 0) fields.invalid = JSON.stringify(invalid);
  if (stale.length + invalid.length > MAX_EVENT_IDS) fields.lookUp = 'yes';
  return fields;
}

function furtherSteps(
  report: TickReport,
  keys: GroupKeys,
  digest: string,
  readings: readonly SensorText[],
  sensorsPerStep: number,
): PlannedStep[] {
  const steps: PlannedStep[] = [];
  for (let first = sensorsPerStep; first < readings.length; first += sensorsPerStep) {
    const step = readings.slice(first, first + sensorsPerStep);
    const isLast = first + sensorsPerStep >= readings.length;
    const series = step.map(([id]) => sensorSeries(keys, id));
    steps.push({
      keys: [keys.pending, keys.status, keys.sensors, ...series.map(({ key }) => key)],
      args: [String(report.timestamp), digest, isLast ? 'last' : '', ...step.flat()],
      series,
      firstSeries: 4,
    });
  }
  return steps;
}

function finiteText(value: number): string {
  if (!Number.isFinite(value)) throw new StoreRejectedError(`Value ${value} is not a finite number.`);
  return encodeValue(value);
}

function checkedToken(token: string): string {
  if (!/^\d{1,20}$/.test(token)) {
    throw new StoreRejectedError(`Token ${JSON.stringify(token)} is not a number of at most 20 digits.`);
  }
  return token;
}

/** Two reports with the same digest store the same values. */
function digestOf({ timestamp, value, sensors }: TickReport): string {
  return createHash('sha256')
    .update(JSON.stringify([timestamp, value, sensors]))
    .digest('base64url');
}
