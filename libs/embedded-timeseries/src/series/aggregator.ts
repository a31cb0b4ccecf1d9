import { CountAggregator } from './aggregators/count.js';
import { FirstAggregator, LastAggregator } from './aggregators/first-last.js';
import { AverageAggregator, SumAggregator } from './aggregators/sum.js';
import { ExtremeAggregator } from './aggregators/extreme.js';
import { TimeWeightedAggregator } from './aggregators/time-weighted.js';
import { VarianceAggregator } from './aggregators/variance.js';

/** Aggregates the samples of one bucket at a time. */
export interface Aggregator {
  /** Whether a value counts at all: most leave NaN out. */
  accepts(value: number): boolean;
  add(value: number, timestamp: number): void;
  /** Result of what was added since `reset`; at least one value was. */
  result(): number;
  /** Value of a bucket without samples, for `EMPTY`. */
  emptyValue(): number;
  /** Starts the next bucket. */
  reset(): void;
  /** State as numbers, so that a compaction's open bucket survives a restart. */
  save(): number[];
  load(state: readonly number[]): void;
}

export const AGGREGATOR_NAMES = [
  'min',
  'max',
  'sum',
  'avg',
  'count',
  'first',
  'last',
  'range',
  'std.p',
  'std.s',
  'var.p',
  'var.s',
  'twa',
  'countnan',
  'countall',
] as const;

export type AggregatorName = (typeof AGGREGATOR_NAMES)[number];

const NAMES: ReadonlySet<string> = new Set(AGGREGATOR_NAMES);

/** The aggregator that a client names, in any case; undefined for an unknown one. */
export function aggregatorName(text: string): AggregatorName | undefined {
  const name = text.toLowerCase();
  return isAggregatorName(name) ? name : undefined;
}

function isAggregatorName(name: string): name is AggregatorName {
  return NAMES.has(name);
}

/** A fresh aggregator; `reverse` says that samples come newest first, which only `twa` must know. */
export function createAggregator(name: AggregatorName, reverse = false): Aggregator {
  switch (name) {
    case 'min':
    case 'max':
    case 'range':
      return new ExtremeAggregator(name);
    case 'sum':
      return new SumAggregator();
    case 'avg':
      return new AverageAggregator();
    case 'count':
    case 'countnan':
    case 'countall':
      return new CountAggregator(name);
    case 'first':
      return new FirstAggregator();
    case 'last':
      return new LastAggregator();
    case 'std.p':
    case 'std.s':
    case 'var.p':
    case 'var.s':
      return new VarianceAggregator(name);
    case 'twa':
      return new TimeWeightedAggregator(reverse);
  }
}
