import { setImmediate } from 'node:timers/promises';
import { detectAnomalies, detectPeerOutliers, HAMPEL_DEFAULTS } from '@atalaya/anomaly-detection';
import { type Anomaly, type AnomalyList, type Measurement } from '@atalaya/contracts';
import { type Store } from '../store/store-port.js';
import { readSlice, type SeriesReader, type SeriesSlice, startOfNewest } from './read-series.js';

/** Values before the range by which its first value is judged as if the series had been followed from its start. */
const CONTEXT_SIZE = HAMPEL_DEFAULTS.windowSize + HAMPEL_DEFAULTS.levelWindowSize;

/** Values that are looked at where no `from` is given. */
const NEWEST_VALUES = 1_000;

/** Most values that one request reads, those before the range included. */
const MAX_VALUES = 500_000;

/** Most values of one series in one answer. */
const MAX_SERIES_VALUES = 10_000;

/** Groups with more sensors than this are asked for one sensor by one. */
const MAX_SENSORS = 2_000;

/** Values that are compared with their peers in one go; some ten milliseconds. */
const VALUES_BETWEEN_PAUSES = 10_000;

/** Series that are read from the store at a time. */
const PARALLEL_READS = 16;

export interface AnomalyQuery {
  group: string;
  from?: number | undefined;
  to?: number | undefined;
  /** Only the mean. */
  only?: 'mean' | undefined;
  /** Only this sensor; the mean and all sensors without it. */
  sensor?: string | undefined;
}

type AnomalyStore = Pick<Store, 'measurements' | 'sensorMeasurements' | 'sensors'>;

/**
 * The anomalies of a group in a range of time: of the mean and of each sensor against its own past, and of each
 * sensor against the others at the same tick. Computed from what is stored, so that every replica answers the same.
 */
export async function findAnomalies(store: AnomalyStore, query: AnomalyQuery): Promise<AnomalyList> {
  const { group, to, sensor } = query;
  const readSensor =
    (id: string): SeriesReader =>
    (range) =>
      store.sensorMeasurements(id, { group, ...range });
  const readMain: SeriesReader =
    sensor === undefined ? (range) => store.measurements({ group, ...range }) : readSensor(sensor);

  const isWhole = sensor === undefined && query.only === undefined;
  const sensorIds = isWhole ? (await store.sensors(group)).map(({ id }) => id) : [];
  const sensorsCovered = sensorIds.length <= MAX_SENSORS;
  const coveredIds = sensorsCovered ? sensorIds : [];
  const limit = valuesPerSeries(1 + coveredIds.length);

  const from = query.from ?? (await startOfNewest(readMain, to, Math.min(NEWEST_VALUES, limit)));
  if (from === undefined) return { group, anomalies: [], sensorsCovered, next: null };
  const range = { from, to, limit, contextSize: CONTEXT_SIZE };

  const main = await readSlice(readMain, range);
  const anomalies = ownPast(sensor ?? null, main);
  const cutSlices = main.cut ? [main] : [];
  const ticks = new Map<number, [id: string, value: number][]>();
  for (let index = 0; index < coveredIds.length; index += PARALLEL_READS) {
    const ids = coveredIds.slice(index, index + PARALLEL_READS);
    const slices = await Promise.all(ids.map((id) => readSlice(readSensor(id), range)));
    for (const [offset, slice] of slices.entries()) {
      const id = ids[offset] ?? '';
      // A series of full length takes tens of milliseconds; other requests come in between.
      await setImmediate();
      anomalies.push(...ownPast(id, slice));
      if (slice.cut) cutSlices.push(slice);
      for (const { timestamp, value } of slice.values) {
        const values = ticks.get(timestamp) ?? [];
        values.push([id, value]);
        ticks.set(timestamp, values);
      }
    }
  }

  anomalies.push(...(await comparedWithPeers(ticks)));

  const end = Math.min(...cutSlices.map(({ values }) => values.at(-1)?.timestamp ?? Infinity));
  return {
    group,
    anomalies: anomalies.filter(({ timestamp }) => timestamp <= end).sort(byTimeThenSeries),
    sensorsCovered,
    next: end === Infinity ? null : end + 1,
  };
}

function valuesPerSeries(seriesCount: number): number {
  const share = Math.floor(MAX_VALUES / seriesCount) - CONTEXT_SIZE;
  return Math.min(MAX_SERIES_VALUES, Math.max(1, share));
}

function ownPast(sensor: string | null, { context, values }: SeriesSlice): Anomaly[] {
  const from = values[0]?.timestamp ?? Infinity;
  return detectAnomalies(ordered([...context, ...values]))
    .filter(({ timestamp }) => timestamp >= from)
    .map((anomaly) => ({ sensor, ...anomaly }));
}

async function comparedWithPeers(
  ticks: ReadonlyMap<number, readonly [string, number][]>,
): Promise<Anomaly[]> {
  const anomalies: Anomaly[] = [];
  let sincePause = 0;
  for (const [timestamp, values] of ticks) {
    anomalies.push(...detectPeerOutliers(values, timestamp));
    sincePause += values.length;
    if (sincePause < VALUES_BETWEEN_PAUSES) continue;
    await setImmediate();
    sincePause = 0;
  }
  return anomalies;
}

/** The two parts of a slice are read at two moments; what a write between them doubled is taken once. */
function ordered(measurements: Measurement[]): Measurement[] {
  let previous = -1;
  return measurements.filter(({ timestamp }) => {
    if (timestamp <= previous) return false;
    previous = timestamp;
    return true;
  });
}

function byTimeThenSeries(a: Anomaly, b: Anomaly): number {
  if (a.timestamp !== b.timestamp) return a.timestamp - b.timestamp;
  const [aName, bName] = [a.sensor ?? '', b.sensor ?? ''];
  if (aName !== bName) return aName < bName ? -1 : 1;
  return a.method < b.method ? -1 : 1;
}
