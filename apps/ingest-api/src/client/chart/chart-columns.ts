import { type ChartSeries } from '@atalaya/contracts';

type Column = (number | null)[];

/** What a chart draws: times in ms, then values, lowest, highest, and the curve beside them; null is a gap. */
export type ChartColumns = [times: number[], min: Column, max: Column, values: Column, beside: Column];

/** A longer time than this many steps between two points is a gap. */
const GAP_STEPS = 1.9;

/** Parts of the band's edges that the scale does not have to reach: a lone outlier would flatten all the rest. */
const OUTLYING_PART = 0.02;
/** Room above and below, as a part of the range. */
const PADDING_PART = 0.08;

/**
 * What the scale of values covers: every value and, save for lone outliers, the band. What is beyond it is cut off at the
 * edge; the reading under the pointer and the table have it exactly.
 */
export function valueRange([, min, max, values, beside]: ChartColumns): [low: number, high: number] {
  const shown = [...present(values), ...present(beside)];
  const [lows, highs] = [present(min), present(max)].map((edge) => edge.sort((a, b) => a - b));
  const low = smallest([...shown, ...at(lows, OUTLYING_PART)]);
  const high = -smallest([...shown, ...at(highs, 1 - OUTLYING_PART)].map((value) => -value));
  const padding = PADDING_PART * (high - low) || Math.max(1, Math.abs(high) * PADDING_PART);
  return shown.length === 0 ? [0, 1] : [low - padding, high + padding];
}

function present(column: Column): number[] {
  return column.filter((value) => value !== null);
}

function at(sorted: readonly number[] = [], part: number): number[] {
  const value = sorted[Math.round(part * (sorted.length - 1))];
  return value === undefined ? [] : [value];
}

function smallest(values: readonly number[]): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

/** Lays a series into columns, with a gap where nothing was stored, and a second series of the same range beside it. */
export function chartColumns(series: ChartSeries, beside?: ChartSeries): ChartColumns {
  const own = new Map(series.times.map((time, at) => [time, at]));
  const other = new Map(beside?.times.map((time, at) => [time, beside.values[at] ?? null]));
  const times = withGaps(
    [...new Set([...own.keys(), ...other.keys()])].sort((a, b) => a - b),
    series.stepMs,
  );
  const pick = (column: readonly (number | null)[]): Column =>
    times.map((time) => {
      const at = own.get(time);
      return at === undefined ? null : (column[at] ?? null);
    });
  return [
    times,
    pick(series.min),
    pick(series.max),
    pick(series.values),
    times.map((time) => other.get(time) ?? null),
  ];
}

/** Times with one more where the next is too late: it has no values, thus parts the curve. */
function withGaps(times: readonly number[], stepMs: number | null): number[] {
  return times.flatMap((time, at) => {
    const previous = times[at - 1];
    const isLate = previous !== undefined && stepMs !== null && time - previous > GAP_STEPS * stepMs;
    return isLate ? [previous + stepMs, time] : [time];
  });
}

/** A series with the newer points of another put to its end, and what left the range taken off. */
export function withTail(series: ChartSeries, tail: ChartSeries, from: number): ChartSeries {
  const last = series.times.at(-1) ?? -1;
  const firstNew = tail.times.findIndex((time) => time > last);
  const added = firstNew === -1 ? tail.times.length : firstNew;
  const kept = Math.max(
    0,
    series.times.findIndex((time) => time >= from),
  );
  const join = <T>(own: readonly T[], others: readonly T[]): T[] => [
    ...own.slice(kept),
    ...others.slice(added),
  ];
  return {
    ...series,
    from,
    to: tail.to,
    stepMs: series.stepMs ?? tail.stepMs,
    times: join(series.times, tail.times),
    values: join(series.values, tail.values),
    min: join(series.min, tail.min),
    max: join(series.max, tail.max),
  };
}
