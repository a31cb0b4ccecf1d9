import { type Overview } from '@atalaya/contracts';
import { type Store } from '../store/store-port.js';

type OverviewStore = Pick<Store, 'newest' | 'status' | 'leadership' | 'sensors' | 'figures'>;

/** What a page needs of a group to begin, or to go on after a tick. */
export async function readOverview(
  store: OverviewStore,
  { group, limit, withSensors }: { group: string; limit: number; withSensors: boolean },
): Promise<Overview> {
  const [measurements, status, leadership, sensors, min, max] = await Promise.all([
    store.newest(group, limit),
    store.status(group),
    store.leadership(group),
    withSensors ? store.sensors(group) : null,
    store.figures('min', { group, limit: 1 }),
    store.figures('max', { group, limit: 1 }),
  ]);
  const atTick = (values: readonly { timestamp: number; value: number }[]): number | null =>
    values.find(({ timestamp }) => timestamp === status.tick)?.value ?? null;
  return {
    ...{ group, now: Date.now(), status, leadership, measurements },
    ...{ min: atTick(min), max: atTick(max) },
    sensorCount: status.count + status.stale.length + status.invalid.length,
    sensors,
  };
}
