import {
  type LabelledSample,
  normalSeries,
  withLevelShifts,
  withMissingValues,
  withSpikes,
  withTransitions,
} from './labelled-series.js';
import { type RandomNumbers } from './random-numbers.js';

/** A kind of series to measure detectors on. */
export interface Scenario {
  readonly name: string;
  /** What the series is made of, for the table. */
  readonly description: string;
  readonly series: (random: RandomNumbers) => LabelledSample[];
}

const LENGTH = 20_000;
const RARE = 1 / 200;
/** Spikes of 8 to 20 standard deviations, where that is 1. */
const SPIKES = { probability: RARE, min: 8, max: 20 };

/** Every scenario of the evaluation, in the order of the tables. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'clean mean',
    description: 'mean of 3 sensors, integers 75 to 85, no anomaly, 100,000 values',
    series: (random) => normalSeries(100_000, () => meanOfSensors(random, 3)),
  },
  {
    name: 'clean sensor',
    description: 'one sensor, integers 75 to 85, no anomaly, 100,000 values',
    series: (random) => normalSeries(100_000, () => random.integer(75, 85)),
  },
  {
    name: 'mean',
    description: 'mean of 3 sensors, spikes of 15 to 40',
    series: (random) =>
      withSpikes(
        normalSeries(LENGTH, () => meanOfSensors(random, 3)),
        random,
        { probability: RARE, min: 15, max: 40 },
      ),
  },
  {
    name: 'sensor',
    description: 'one sensor, spikes of 30 to 60',
    series: (random) =>
      withSpikes(
        normalSeries(LENGTH, () => random.integer(75, 85)),
        random,
        { probability: RARE, min: 30, max: 60, integers: true },
      ),
  },
  {
    name: 'noise',
    description: 'normal noise, σ = 1, spikes of 8 to 20 σ',
    series: (random) => withSpikes(noise(random), random, SPIKES),
  },
  {
    name: 'contaminated',
    description: 'the same, one value in ten a spike',
    series: (random) => withSpikes(noise(random), random, { ...SPIKES, probability: 0.1 }),
  },
  {
    name: 'bursts',
    description: 'the same, one to six spikes in a row',
    series: (random) => withSpikes(noise(random), random, { ...SPIKES, maxLength: 6 }),
  },
  {
    name: 'season',
    description: 'noise on a wave of ± 20 σ and 1,000 values, spikes',
    series: (random) => withSpikes(season(random), random, SPIKES),
  },
  {
    name: 'missing',
    description: 'the same, 20 % of the values missing and gaps of 50 every 1,500',
    series: (random) =>
      withMissingValues(withSpikes(season(random), random, SPIKES), random, {
        probability: 0.2,
        gapEvery: 1_500,
        gapLength: 50,
      }),
  },
  {
    name: 'ramps',
    description:
      'noise on a level that rises for 60 values by 0.4 σ each, stays for 200, falls, stays; spikes',
    series: (random) =>
      withSpikes(
        normalSeries(LENGTH, (index) => ramp(index) + random.normal()),
        random,
        SPIKES,
      ),
  },
  {
    name: 'level shifts',
    description: 'noise whose level moves by 10 to 40 σ every 1,000 values, spikes',
    series: (random) =>
      withLevelShifts(withSpikes(noise(random), random, SPIKES), random, {
        period: 1_000,
        min: 10,
        max: 40,
        transition: 30,
      }),
  },
  {
    name: 'changing spread',
    description: 'noise whose σ is 1 and 4 by turns of 1,000 values, spikes of 40 to 80',
    series: (random) =>
      withTransitions(
        withSpikes(
          normalSeries(LENGTH, (index) => random.normal() * (Math.floor(index / 1_000) % 2 === 0 ? 1 : 4)),
          random,
          { probability: RARE, min: 40, max: 80 },
        ),
        { period: 1_000, transition: 30 },
      ),
  },
  {
    name: 'rounded',
    description: 'wave of ± 3 and 4,000 values with σ = 0.3, rounded to integers, spikes of 6 to 15',
    series: (random) =>
      withSpikes(
        normalSeries(LENGTH, (index) => Math.round(wave(index, 3, 4_000) + 0.3 * random.normal())),
        random,
        { probability: RARE, min: 6, max: 15, integers: true },
      ),
  },
  {
    name: 'constant',
    description: 'always 20, spikes of 6 to 15',
    series: (random) =>
      withSpikes(
        normalSeries(LENGTH, () => 20),
        random,
        { probability: RARE, min: 6, max: 15, integers: true },
      ),
  },
];

function noise(random: RandomNumbers): LabelledSample[] {
  return normalSeries(LENGTH, () => random.normal());
}

function season(random: RandomNumbers): LabelledSample[] {
  return normalSeries(LENGTH, (index) => wave(index, 20, 1_000) + random.normal());
}

function wave(index: number, amplitude: number, period: number): number {
  return amplitude * Math.sin((2 * Math.PI * index) / period);
}

function ramp(index: number): number {
  const phase = index % 520;
  return 0.4 * (phase < 260 ? Math.min(phase, 60) : 60 - Math.min(phase - 260, 60));
}

function meanOfSensors(random: RandomNumbers, sensors: number): number {
  let sum = 0;
  for (let sensor = 0; sensor < sensors; sensor += 1) sum += random.integer(75, 85);
  return sum / sensors;
}
