import { type ChartSeries, type Measurement } from '@atalaya/contracts';
import { type Aggregate } from '@atalaya/measurement-store';
import { type Store } from '../store/store-port.js';
import { bucketWidthMs } from './bucket-width.js';

/** Which curve to read; `from` and `to` in ms, both included. */
export interface ChartQuery {
  group: string;
  /** The mean of the group without it. */
  sensor?: string | undefined;
  from: number;
  to: number;
  /** Most points of the answer, about. */
  points: number;
}

/** Where the values show nothing of it. */
const DEFAULT_STEP_MS = 5_000;

/** Values by which the usual time between two is judged. */
const STEP_SAMPLE = 16;

/** A range is cut at its ends into buckets that it covers in part. */
const PARTIAL_BUCKETS = 2;

type ChartStore = Pick<Store, 'measurements' | 'sensorMeasurements' | 'figures'>;

/**
 * A curve with its band: of the mean the lowest and the highest sensor, of one sensor its own lowest and highest value in
 * each bucket. Read as it is stored where that is no more than can be shown, else in buckets, from compactions as far as
 * there are any.
 */
export async function readChart(store: ChartStore, query: ChartQuery): Promise<ChartSeries> {
  const { group, sensor, from, to, points } = query;
  const stored = (range: {
    from?: number;
    to: number;
    limit: number;
    bucketMs?: number;
    aggregate?: Aggregate;
  }) =>
    sensor === undefined
      ? store.measurements({ group, ...range })
      : store.sensorMeasurements(sensor, { group, ...range });
  const step = usualStep(await stored({ to, limit: STEP_SAMPLE }));
  const bucketMs = bucketWidthMs(to - from, points, step ?? DEFAULT_STEP_MS);
  const range = {
    from: bucketMs === undefined ? from : Math.floor(from / bucketMs) * bucketMs,
    to,
    limit: bucketMs === undefined ? 2 * points : Math.ceil((to - from) / bucketMs) + PARTIAL_BUCKETS,
    ...(bucketMs === undefined ? {} : { bucketMs }),
  };
  const extreme = (aggregate: 'min' | 'max'): Promise<Measurement[]> => {
    const bucketed = bucketMs === undefined ? range : { ...range, aggregate };
    if (sensor === undefined) return store.figures(aggregate, { group, ...bucketed });
    return bucketMs === undefined ? Promise.resolve([]) : stored(bucketed);
  };
  const [values, min, max] = await Promise.all([stored(range), extreme('min'), extreme('max')]);
  return {
    ...{
      group,
      sensor: sensor ?? null,
      from,
      to,
      bucketMs: bucketMs ?? null,
      stepMs: bucketMs ?? step ?? null,
    },
    times: values.map(({ timestamp }) => timestamp),
    values: values.map(({ value }) => (bucketMs === undefined ? value : rounded(value))),
    min: alignedWith(values, min),
    max: alignedWith(values, max),
  };
}

/** The median of the times between values; undefined where there are fewer than two. */
function usualStep(values: readonly Measurement[]): number | undefined {
  const steps = values.slice(1).map(({ timestamp }, index) => timestamp - (values[index]?.timestamp ?? 0));
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
}

function alignedWith(values: readonly Measurement[], others: readonly Measurement[]): (number | null)[] {
  const at = new Map(others.map(({ timestamp, value }) => [timestamp, value]));
  return values.map(({ timestamp }) => at.get(timestamp) ?? null);
}

/** The average of a bucket has no exact value to look up: more digits would only make the answer long. */
function rounded(value: number): number {
  return Number(value.toPrecision(8));
}
