export const TICK_MS = 5_000;

const DAY_MS = 86_400_000;

/** Every so often another candidate leads. */
const TERM_MS = DAY_MS;

/** The report of a tick (its time in ms): smooth waves with a flutter, in full precision as means have it. */
export function reportAt(timestamp: number, sensors: number): object {
  const value = 80 + 3 * Math.sin((timestamp / DAY_MS) * 2 * Math.PI) + flutter(timestamp, 0);
  const token = String(Math.floor(timestamp / TERM_MS));
  const common = { timestamp, value, token, leader: `candidate-${Number(token) % 3}` };
  if (sensors === 0) return { ...common, count: 1, min: value - 1.5, max: value + 1.75 };
  const values = Object.fromEntries(
    Array.from({ length: sensors }, (_, index) => [
      `sensor-${String(index + 1).padStart(5, '0')}`,
      Math.round(100 * (value + flutter(timestamp, index))) / 100,
    ]),
  );
  return { ...common, count: sensors, min: value - 1.5, max: value + 1.75, sensors: values };
}

/** From -1 to 1, other for each time and sensor, the same in each run. */
function flutter(timestamp: number, index: number): number {
  return Math.sin((timestamp / TICK_MS) * 12.9898 + index * 78.233);
}
