import { type Measurement } from '@atalaya/contracts';
import { type Store } from '../store/store-port.js';
import { type Tick } from './tick.js';

/** Values that are read at a time; they bound the memory of an export. */
const VALUES_PER_PART = 20_000;

const MAX_TICKS_PER_PART = 1_000;

/** Sensors whose values are read together. */
const SENSORS_AT_ONCE = 100;

/** More than a part can have: its ticks bound it. */
const LIMIT = 100_000;

const FIGURES = ['count', 'min', 'max'] as const;

export interface TickRange {
  group: string;
  from: number;
  to: number;
  /** The sensors whose values are read. */
  sensorIds: readonly string[];
}

/**
 * All ticks of a group between two times, oldest first, in parts of some thousand values.
 *
 * @throws StoreUnavailableError
 */
export async function* readTicks(store: Store, range: TickRange): AsyncGenerator<Tick[], void> {
  const { group, to, sensorIds } = range;
  const perPart = Math.floor(VALUES_PER_PART / (FIGURES.length + 1 + sensorIds.length));
  const limit = Math.min(Math.max(perPart, 1), MAX_TICKS_PER_PART);
  for (let { from } = range; from <= to;) {
    const means = await store.measurements({ group, from, to, limit });
    const [first, last] = [means[0], means.at(-1)];
    if (first === undefined || last === undefined) return;
    yield await completed(store, means, {
      ...range,
      from: first.timestamp,
      to: last.timestamp,
    });
    if (means.length < limit) return;
    from = last.timestamp + 1;
  }
}

/** The means of a part with everything that is kept beside them. */
async function completed(
  store: Store,
  means: readonly Measurement[],
  { group, from, to, sensorIds }: TickRange,
): Promise<Tick[]> {
  const query = { group, from, to, limit: LIMIT };
  const ticks = new Map(
    means.map(({ timestamp, value }): [number, Tick] => [timestamp, { timestamp, value }]),
  );
  const figures = await Promise.all(FIGURES.map((figure) => store.figures(figure, query)));
  for (const [index, figure] of FIGURES.entries()) {
    for (const { timestamp, value } of figures[index] ?? []) {
      const tick = ticks.get(timestamp);
      if (tick !== undefined) tick[figure] = value;
    }
  }
  for (let start = 0; start < sensorIds.length; start += SENSORS_AT_ONCE) {
    const ids = sensorIds.slice(start, start + SENSORS_AT_ONCE);
    const series = await Promise.all(ids.map((id) => store.sensorMeasurements(id, query)));
    for (const [index, id] of ids.entries()) {
      for (const { timestamp, value } of series[index] ?? []) addSensor(ticks.get(timestamp), id, value);
    }
  }
  return [...ticks.values()];
}

function addSensor(tick: Tick | undefined, id: string, value: number): void {
  if (tick === undefined) return;
  // A sensor can be named `__proto__`.
  tick.sensors ??= Object.create(null) as Record<string, number>;
  tick.sensors[id] = value;
}
