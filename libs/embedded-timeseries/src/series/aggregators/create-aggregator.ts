import { CountAggregator } from './count.js';
import { FirstAggregator, LastAggregator } from './first-last.js';
import { AverageAggregator, SumAggregator } from './sum.js';
import { ExtremeAggregator } from './extreme.js';
import { TimeWeightedAggregator } from './time-weighted.js';
import { VarianceAggregator } from './variance.js';
import { type Aggregator } from '../aggregator.js';
import { type AggregatorName } from '../aggregator-name.js';

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

/** Whether buckets are joined to the samples around them. */
export function dependsOnNeighbours(name: AggregatorName): boolean {
  return name === 'twa';
}
