import { type GroupStatus } from '@atalaya/contracts';
import { type Store } from '../../store/store-port.js';

/** Sensors in trouble that the top of the page names. */
const NAMED = 3;

/** A sensor that the newest mean leaves out, and when it was last part of one (in ms); null for one that never was. */
export interface TroubledSensor {
  id: string;
  state: 'invalid' | 'stale';
  since: number | null;
}

/** The first of the sensors in trouble, with the time since when they are. */
export async function readTroubled(
  store: Pick<Store, 'sensorMeasurements'>,
  { group, invalid, stale }: GroupStatus,
): Promise<TroubledSensor[]> {
  const named = [
    ...invalid.map((id) => ({ id, state: 'invalid' as const })),
    ...stale.map((id) => ({ id, state: 'stale' as const })),
  ].slice(0, NAMED);
  return Promise.all(
    named.map(async ({ id, state }) => {
      const [last] = await store.sensorMeasurements(id, { group, limit: 1 });
      return { id, state, since: last?.timestamp ?? null };
    }),
  );
}
