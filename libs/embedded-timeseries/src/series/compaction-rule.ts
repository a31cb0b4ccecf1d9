import { type AggregatorName } from './aggregator-name.js';

/** A rule that keeps one aggregate per bucket of a series in another series. */
export class CompactionRule {
  constructor(
    public targetKey: string,
    readonly aggregatorName: AggregatorName,
    readonly bucketMs: number,
    readonly alignment: number,
  ) {}
}
