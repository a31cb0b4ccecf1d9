import { type RandomNumbers } from './random-numbers.js';

/**
 * What a value of a synthetic series is: `anomaly` was planted and has to be found, `normal` must not be marked,
 * `transition` follows a lasting change, where a mark is neither right nor wrong.
 */
export type Label = 'normal' | 'anomaly' | 'transition';

/** One value of a synthetic series, with the truth about it. */
export interface LabelledSample {
  readonly timestamp: number;
  readonly value: number;
  readonly label: Label;
}

/** Values between two samples of the series. */
export const INTERVAL_MS = 5_000;

/** Values at the start of a series that hold no anomaly, more than any method's warm-up. */
const QUIET_START = 200;

/** A series of normal values, from a function of the index. */
export function normalSeries(length: number, valueAt: (index: number) => number): LabelledSample[] {
  return Array.from({ length }, (_, index) => ({
    timestamp: index * INTERVAL_MS,
    value: valueAt(index),
    label: 'normal' as const,
  }));
}

/** How spikes are planted: each value after the start with this probability, this far from where it would be. */
export interface Spikes {
  readonly probability: number;
  readonly min: number;
  readonly max: number;
  /** Spikes in a row with the same offset, from 1 to this number; default 1. */
  readonly maxLength?: number;
  /** Spikes are rounded to integers; default false. */
  readonly integers?: boolean;
}

/** Plants spikes up and down into a series. */
export function withSpikes(
  series: readonly LabelledSample[],
  random: RandomNumbers,
  { probability, min, max, maxLength = 1, integers = false }: Spikes,
): LabelledSample[] {
  let left = 0;
  let offset = 0;
  return series.map((sample, index) => {
    if (index < QUIET_START) return sample;
    if (left === 0 && random.fraction() < probability) {
      left = random.integer(1, maxLength);
      offset = random.sign() * (integers ? random.integer(min, max) : random.uniform(min, max));
    }
    if (left === 0) return sample;
    left -= 1;
    return { ...sample, value: sample.value + offset, label: 'anomaly' };
  });
}

/**
 * Moves the level of a series for good, every `period` values, by `min` to `max` up or down. The first value on
 * the new level is an anomaly; the `transition` values after it are where a detector may get used to it.
 */
export function withLevelShifts(
  series: readonly LabelledSample[],
  random: RandomNumbers,
  { period, min, max, transition }: { period: number; min: number; max: number; transition: number },
): LabelledSample[] {
  let level = 0;
  return series.map((sample, index) => {
    const sinceShift = index < period ? Infinity : index % period;
    if (sinceShift === 0) level += random.sign() * random.uniform(min, max);
    const value = sample.value + level;
    if (sinceShift === 0) return { ...sample, value, label: 'anomaly' };
    return { ...sample, value, label: sinceShift <= transition ? 'transition' : sample.label };
  });
}

/** Makes the `transition` values from the start of every period on transitions, unless they are anomalies. */
export function withTransitions(
  series: readonly LabelledSample[],
  { period, transition }: { period: number; transition: number },
): LabelledSample[] {
  return series.map((sample, index) =>
    sample.label === 'normal' && index % period < transition ? { ...sample, label: 'transition' } : sample,
  );
}

/** Takes values out of a series: each with a probability, and whole gaps of `gapLength` values. */
export function withMissingValues(
  series: readonly LabelledSample[],
  random: RandomNumbers,
  { probability, gapEvery, gapLength }: { probability: number; gapEvery: number; gapLength: number },
): LabelledSample[] {
  return series.filter((_, index) => {
    const inGap = index >= gapEvery && index % gapEvery < gapLength;
    return random.fraction() >= probability && !inGap;
  });
}
