import { type CompactionRule } from './compaction-rule.js';
import { type DuplicatePolicy } from './duplicate-policy.js';
import { type SampleStore } from './sample-store.js';

export type Label = readonly [name: string, value: string];

/** What `TS.CREATE` and `TS.ALTER` set. */
export interface SeriesOptions {
  /** 0: samples are kept for ever. */
  retentionMs: number;
  chunkSizeBytes: number;
  encoding: 'compressed' | 'uncompressed';
  duplicatePolicy: DuplicatePolicy;
  ignoreMaxTimeDiffMs: number;
  ignoreMaxValueDiff: number;
  labels: readonly Label[];
}

/** Most series are no source: one array serves all of them. */
const NO_RULES: readonly CompactionRule[] = [];

/** One time series: its options, its samples, and the rules that compact it. */
export class Series {
  readonly type = 'TSDB-TYPE';
  useMark = 0;
  /** Timestamp and value of the newest sample, 0 in an empty series; appending and increments go by them. */
  lastTimestamp = 0;
  lastValue = 0;
  totalSamples = 0;
  rules = NO_RULES;
  /** Key of the series that this one is a compaction of. */
  sourceKey: string | undefined;

  constructor(
    readonly id: number,
    public key: string,
    public options: SeriesOptions,
    readonly samples: SampleStore,
  ) {}

  /** Samples older than this are expired: never returned, though perhaps not yet removed. */
  get oldestValidTimestamp(): number {
    const { retentionMs } = this.options;
    return retentionMs > 0 && this.lastTimestamp > retentionMs ? this.lastTimestamp - retentionMs : 0;
  }
}
