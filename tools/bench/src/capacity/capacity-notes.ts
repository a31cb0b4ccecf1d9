import type { Observation } from '../fleet/observation.js';
import {
  type CapacityModel,
  carriedFleets,
  compare,
  fitCapacity,
  isModelled,
  predict,
  type Quantity,
  worstError,
} from './capacity-model.js';

const MILLION = 1_000_000;

/** What the model makes of the fleets, as sentences of a report; none where too few were carried. */
export function capacityNotes(observed: readonly Observation[]): string[] {
  const carried = carriedFleets(observed);
  if (carried.length < 2) return [];
  const model = fitCapacity(observed);
  const worst = worstError(compare(model, observed));
  const lines = Object.entries(model).map(
    ([role, { cores, readBytesPerSecond, writtenBytesPerSecond }]) =>
      `${role}: ${cores.base.toFixed(3)} cores and ${(cores.perSensor * 1_000).toFixed(4)} for each 1,000 sensors, ` +
      (isModelled(role, 'readBytesPerSecond')
        ? `reads ${readBytesPerSecond.perSensor.toFixed(0)} and writes ${writtenBytesPerSecond.perSensor.toFixed(0)} bytes a second for each sensor`
        : `with its files reads ${rangeOf(carried, role, 'readBytesPerSecond')} and writes ${rangeOf(carried, role, 'writtenBytesPerSecond')} bytes a second for each sensor, ` +
          'which is no straight line'),
  );
  return [
    `[The capacity model](../capacity.md) fitted to the ${carried.length} fleets that were carried (${carried
      .map(({ sensors }) => sensors.toLocaleString('en'))
      .join(', ')} sensors), at worst ${(worst * 100).toFixed(0)} % from a figure — ${lines.join('; ')}.`,
    `A million sensors every 5 s are by it ${coresAt(model, MILLION)}.`,
  ];
}

/** The least and the greatest of what each sensor adds. */
function rangeOf(carried: readonly Observation[], role: string, quantity: Quantity): string {
  const each = carried.map(({ sensors, cost }) => (cost[role]?.[quantity] ?? Number.NaN) / sensors);
  return `${Math.min(...each).toFixed(0)} to ${Math.max(...each).toFixed(0)}`;
}

function coresAt(model: CapacityModel, sensors: number): string {
  const parts = Object.entries(predict(model, sensors)).map(
    ([role, { cores }]) => `${cores.toFixed(1)} cores of ${role}`,
  );
  return parts.join(', ');
}
