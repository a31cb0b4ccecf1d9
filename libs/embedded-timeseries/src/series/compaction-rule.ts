import { type Aggregator } from './aggregator.js';
import { type AggregatorName } from './aggregator-name.js';
import { createAggregator } from './aggregators/create-aggregator.js';

/** A rule that keeps one aggregate per bucket of a series in another series, and the bucket that is still open. */
export class CompactionRule {
  aggregator: Aggregator;
  /** Start of the open bucket; undefined until the first sample after the rule was made. */
  openBucket: number | undefined;
  /** Whether the open bucket got a value that the aggregator accepts. */
  hasValues = false;

  constructor(
    public targetKey: string,
    readonly aggregatorName: AggregatorName,
    readonly bucketMs: number,
    readonly alignment: number,
  ) {
    this.aggregator = createAggregator(aggregatorName);
  }
}
