/** The sensors of the pictures; ids as somebody would choose them. */
export const SENSORS = [
  'north-roof',
  'north-hall',
  'east-door',
  'east-tank',
  'south-pump',
  'south-yard',
  'west-gate',
  'west-tower',
] as const;

export type SensorName = (typeof SENSORS)[number];

/** The sensor that writes what is no number. */
export const INVALID_SENSOR: SensorName = 'west-tower';

const HOUR_MS = 3_600_000;

/** Periods in ms and heights of the waves that a value is the sum of: a day, some hours, some minutes, a flutter. */
const WAVES = [
  [24 * HOUR_MS, 2.6],
  [2.7 * HOUR_MS, 0.9],
  [19 * 60_000, 0.5],
  [97_000, 0.2],
  [11_300, 0.12],
] as const;

/** What a sensor reads at a time (in ms): smooth, the same in every run, to hundredths. */
export function shownValue(sensor: SensorName, at: number): number {
  const place = SENSORS.indexOf(sensor);
  const sum = WAVES.reduce(
    (value, [periodMs, height], wave) =>
      value + height * Math.sin((2 * Math.PI * at) / periodMs + place * (0.3 + wave)),
    80 + (place - 3.5) * 0.45,
  );
  return Math.round(sum * 100) / 100;
}
