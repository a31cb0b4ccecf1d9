import { type Cost, type Observation, TICK_MS } from '../fleet/observation.js';
import { STORE_ROLE } from '../fleet/process-cost.js';
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

type Point = readonly [sensors: number, value: number];

/** Fits the model to the fleets that were carried; the greatest relative error is least. */
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
            countedIfAny(
              LEAST[quantity],
              points.flatMap(({ sensors, cost }): Point[] => {
                const value = cost[role]?.[quantity] ?? 0;
                return value > 0 ? [[sensors, value]] : [];
              }),
            ),
          ),
        ]),
      ) as Record<Quantity, Line>,
    ]),
  );
}

/** The points that are measured well enough, or all of them where those make no line. */
function countedIfAny(least: number, points: readonly Point[]): readonly Point[] {
  const counted = points.filter(([, value]) => value >= least);
  return counted.length < 2 ? points : counted;
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

/**
 * Each figure of the fleets that were carried beside the model's, but the bytes of the store: its data file takes over what
 * the journal has when that is full, or at a pause, which is no straight line.
 */
export function compare(model: CapacityModel, observed: readonly Observation[]): Comparison[] {
  return carriedFleets(observed).flatMap(({ sensors, cost }) => {
    const predicted = predict(model, sensors);
    return Object.entries(cost).flatMap(([role, measured]: [string, Cost]) =>
      QUANTITIES.filter(
        (quantity) => isModelled(role, quantity) && measured[quantity] >= LEAST[quantity],
      ).map((quantity) => ({
        sensors,
        role,
        quantity,
        measured: measured[quantity],
        predicted: predicted[role]?.[quantity] ?? Number.NaN,
      })),
    );
  });
}

export function isModelled(role: string, quantity: Quantity): boolean {
  return role !== STORE_ROLE || quantity === 'cores';
}

/** How far the model is from the figure at most, as a part of it; 0 for no figures. */
export function worstError(comparisons: readonly Comparison[]): number {
  return Math.max(0, ...comparisons.map(({ measured, predicted }) => Math.abs(predicted / measured - 1)));
}

function valueAt({ base, perSensor }: Line, sensors: number): number {
  return base + perSensor * sensors;
}

/** The line, with neither part below zero, whose greatest relative error is least; one point has it go through the origin. */
function fitLine(points: readonly Point[]): Line {
  const [only] = points;
  if (points.length < 2) return { base: 0, perSensor: only === undefined ? Number.NaN : only[1] / only[0] };
  const errorOf = (line: Line): number =>
    Math.max(...points.map(([x, y]) => Math.abs(valueAt(line, x) / y - 1)));
  // The error is convex in both parts: a line that is better than its neighbours is the best.
  const bestSlope = (base: number): number =>
    leastAt((perSensor) => errorOf({ base, perSensor }), Math.max(...points.map(([x, y]) => (2 * y) / x)));
  const base = leastAt(
    (each) => errorOf({ base: each, perSensor: bestSlope(each) }),
    2 * Math.max(...points.map(([, y]) => y)),
  );
  return { base, perSensor: bestSlope(base) };
}

const SEARCH_STEPS = 100;

/** Where a convex function is least between zero and a bound. */
function leastAt(valueOf: (at: number) => number, bound: number): number {
  let [low, high] = [0, bound];
  for (let step = 0; step < SEARCH_STEPS; step += 1) {
    const third = (high - low) / 3;
    if (valueOf(low + third) <= valueOf(high - third)) high -= third;
    else low += third;
  }
  return (low + high) / 2;
}
