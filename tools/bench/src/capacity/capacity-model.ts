import { type Cost, type Observation, TICK_MS } from '../fleet/observation.js';
import { quantile } from '../spread.js';

/** What is modelled of the processes of one kind. */
export const QUANTITIES = ['cores', 'readBytesPerSecond', 'writtenBytesPerSecond'] as const;
export type Quantity = (typeof QUANTITIES)[number];

/** A straight line: what is there without sensors, and what each sensor adds. */
export interface Line {
  readonly base: number;
  readonly perSensor: number;
}

/** For each kind of process and each quantity its line. Sensors write, and leaders read, every 5 s. */
export type CapacityModel = Readonly<Record<string, Readonly<Record<Quantity, Line>>>>;

/** Points of fewer sensors, or of less, are left out: a process that does almost nothing is not measured in percent. */
const LEAST_SENSORS = 1_000;
const LEAST: Readonly<Record<Quantity, number>> = {
  cores: 0.1,
  readBytesPerSecond: 20_000,
  writtenBytesPerSecond: 20_000,
};

/** A measured figure and what the model says of it. */
export interface Comparison {
  readonly sensors: number;
  readonly role: string;
  readonly quantity: Quantity;
  readonly measured: number;
  readonly predicted: number;
}

/** Fleets that were carried: all their ticks were stored, half of them within the interval at least. What an overloaded machine does says nothing of its capacity. */
export function carriedFleets(observed: readonly Observation[]): Observation[] {
  return observed.filter(
    ({ failure, missing, latenessMs, sensors }) =>
      failure === undefined &&
      missing === 0 &&
      latenessMs.length > 0 &&
      quantile(latenessMs, 0.5) < TICK_MS &&
      sensors >= LEAST_SENSORS,
  );
}

/** Fits the model to the fleets that were carried; the squares of the relative errors are least. */
export function fitCapacity(observed: readonly Observation[]): CapacityModel {
  const points = carriedFleets(observed);
  const roles = [...new Set(points.flatMap(({ cost }) => Object.keys(cost)))];
  return Object.fromEntries(
    roles.map((role) => [
      role,
      Object.fromEntries(
        QUANTITIES.map((quantity) => [
          quantity,
          fitLine(
            points.flatMap(({ sensors, cost }): [number, number][] => {
              const value = cost[role]?.[quantity] ?? 0;
              return value > 0 ? [[sensors, value]] : [];
            }),
          ),
        ]),
      ) as Record<Quantity, Line>,
    ]),
  );
}

/** What so many sensors cost by the model. */
export function predict(model: CapacityModel, sensors: number): Record<string, Record<Quantity, number>> {
  return Object.fromEntries(
    Object.entries(model).map(([role, lines]) => [
      role,
      Object.fromEntries(
        QUANTITIES.map((quantity) => [quantity, valueAt(lines[quantity], sensors)]),
      ) as Record<Quantity, number>,
    ]),
  );
}

/** Each figure of the fleets that were carried beside the model's. */
export function compare(model: CapacityModel, observed: readonly Observation[]): Comparison[] {
  return carriedFleets(observed).flatMap(({ sensors, cost }) => {
    const predicted = predict(model, sensors);
    return Object.entries(cost).flatMap(([role, measured]: [string, Cost]) =>
      QUANTITIES.filter((quantity) => measured[quantity] >= LEAST[quantity]).map((quantity) => ({
        sensors,
        role,
        quantity,
        measured: measured[quantity],
        predicted: predicted[role]?.[quantity] ?? Number.NaN,
      })),
    );
  });
}

/** How far the model is from the figure at most, as a part of it; 0 for no figures. */
export function worstError(comparisons: readonly Comparison[]): number {
  return Math.max(0, ...comparisons.map(({ measured, predicted }) => Math.abs(predicted / measured - 1)));
}

function valueAt({ base, perSensor }: Line, sensors: number): number {
  return base + perSensor * sensors;
}

/** Weighted by the inverse square of the value. A base below zero makes no sense: the line then goes through the origin. */
function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const sum = (of: (x: number, y: number, weight: number) => number): number =>
    points.reduce((total, [x, y]) => total + of(x, y, 1 / y ** 2), 0);
  const [w, wx, wy] = [
    sum((_x, _y, weight) => weight),
    sum((x, _y, weight) => weight * x),
    sum((_x, y, weight) => weight * y),
  ];
  const [wxx, wxy] = [sum((x, _y, weight) => weight * x * x), sum((x, y, weight) => weight * x * y)];
  const determinant = w * wxx - wx * wx;
  const perSensor = points.length < 2 ? wxy / wxx : (w * wxy - wx * wy) / determinant;
  const base = points.length < 2 ? 0 : (wy - perSensor * wx) / w;
  if (base >= 0 && perSensor >= 0) return { base, perSensor };
  return base < 0 ? { base: 0, perSensor: wxy / wxx } : { base: wy / w, perSensor: 0 };
}
