import { type MeasurementBatch, type TermEndNotice } from '@atalaya/contracts';
import { INVALID_SENSOR, SENSORS, shownValue } from './shown-values.js';

type Report = MeasurementBatch['reports'][number];

const TICK_MS = 5_000;
const HISTORY_MS = 25 * 60 * 60_000;
const BATCH = 500;
const MINUTE_MS = 60_000;
/** For how long before the end of the history one sensor had no valid value. */
const INVALID_FOR_MS = 26 * MINUTE_MS;

/** Tokens of the history are not compared with those of the ZooKeeper that runs. */
const ENSEMBLE = 'history';

interface PastTerm {
  readonly leader: string;
  /** How long before now it began, in ms. */
  readonly beganMs: number;
  /** For how long nobody led before it, in ms. */
  readonly gapMs: number;
  /** How the term before it ended; inferred by the store where that is not said. */
  readonly ends?: TermEndNotice['end'];
}

const PAST_TERMS: readonly PastTerm[] = [
  { leader: 'candidate-2', beganMs: HISTORY_MS, gapMs: 0 },
  { leader: 'candidate-1', beganMs: 17 * 60 * MINUTE_MS, gapMs: 1_200, ends: 'graceful' },
  { leader: 'candidate-3', beganMs: 310 * MINUTE_MS, gapMs: 96_000 },
  { leader: 'candidate-1', beganMs: 11 * MINUTE_MS, gapMs: 900, ends: 'graceful' },
];

/** Ticks before now at which a sensor's value was far off. */
const OUTLIERS = [41, 1_070];

/**
 * Stores a day and more of measurements up to now, with the terms of their leaders, in the group `default`. The function
 * that it resolves with stores those up to the time of its call, and that the last leader then gave its place free.
 */
export async function storeHistory(url: string): Promise<() => Promise<void>> {
  const begun = tickBefore(Date.now());
  for (const [index, term] of PAST_TERMS.entries()) {
    const next = PAST_TERMS[index + 1];
    const until = next === undefined ? begun : begun - next.beganMs - next.gapMs;
    await postReports(url, reportsOf(index, begun, begun - term.beganMs, until));
    if (next?.ends !== undefined) await postEnd(url, index, until, next.ends);
  }
  return async () => {
    const until = Date.now();
    await postReports(url, reportsOf(PAST_TERMS.length - 1, begun, begun, until));
    await postEnd(url, PAST_TERMS.length - 1, until, 'graceful');
  };
}

/** Keeps a small second group up to date in which two sensors are in trouble. */
export async function storeSecondGroup(url: string): Promise<void> {
  const values = { 'bench-1': 21.4, 'bench-2': 22.75, 'bench-3': 21.9 };
  const report = {
    group: 'greenhouse',
    value: 22.0166666666667,
    count: 3,
    min: 21.4,
    max: 22.75,
    sensors: values,
  };
  const trouble = { stale: ['bench-4', 'bench-5'], leader: 'warden-1', token: '5' };
  await postReports(url, [{ ...report, ...trouble, timestamp: tickBefore(Date.now()) }]);
}

/** The reports of a term from one time to another; `begun` is when the history was begun to be stored. */
function reportsOf(index: number, begun: number, from: number, until: number): Report[] {
  const { leader = '', beganMs = 0 } = PAST_TERMS[index] ?? {};
  const elected = begun - beganMs;
  const reports: Report[] = [];
  for (let tick = Math.ceil(from / TICK_MS) * TICK_MS; tick < until; tick += TICK_MS) {
    const isInvalid = tick > begun - INVALID_FOR_MS;
    const present = SENSORS.filter((sensor) => !isInvalid || sensor !== INVALID_SENSOR);
    const sensors = Object.fromEntries(present.map((sensor) => [sensor, shownValue(sensor, tick)]));
    if (OUTLIERS.some((back) => tick === begun - back * TICK_MS)) sensors['east-tank'] = 112.5;
    const values = Object.values(sensors);
    reports.push({
      ...{ timestamp: tick, leader, token: tokenOf(index), ensemble: ENSEMBLE, sensors },
      ...{ count: values.length, min: Math.min(...values), max: Math.max(...values) },
      ...(isInvalid ? { invalid: [INVALID_SENSOR] } : {}),
      value: values.reduce((sum, value) => sum + value, 0) / values.length,
      leadership: {
        ...{ elected, at: Math.max(elected, tick) + 40, leaseMs: 2_000, intervalMs: TICK_MS },
        candidates: [leader],
      },
    });
  }
  return reports;
}

function tickBefore(time: number): number {
  return Math.floor(time / TICK_MS) * TICK_MS;
}

function tokenOf(index: number): string {
  return String(3 + 4 * index);
}

async function postReports(url: string, reports: readonly Report[]): Promise<void> {
  for (let first = 0; first < reports.length; first += BATCH) {
    await post(`${url}/api/v1/measurements/batch`, { reports: reports.slice(first, first + BATCH) });
  }
}

async function postEnd(url: string, index: number, ended: number, end: TermEndNotice['end']): Promise<void> {
  await post(`${url}/api/v1/terms`, { token: tokenOf(index), ensemble: ENSEMBLE, ended, end });
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
