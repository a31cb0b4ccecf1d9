import { type CompactionRule } from './compaction-rule.js';
import { OpenBuckets } from './open-buckets.js';
import { type SampleStore } from './sample-store.js';
import { type SeriesSettings, sharedSettings } from './series-settings.js';

export type Label = readonly [name: string, value: string];

/** What `TS.CREATE` and `TS.ALTER` set. */
export interface SeriesOptions extends SeriesSettings {
  readonly labels: readonly Label[];
}

/** Most series are no source: these serve all of them. */
const NO_RULES: readonly CompactionRule[] = [];
const NO_BUCKETS = new OpenBuckets();

/** One time series: its options, its samples, and the rules that compact it. */
export class Series {
  readonly type = 'TSDB-TYPE';
  useMark = 0;
  /** Timestamp and value of the newest sample, 0 in an empty series; appending and increments go by them. */
  lastTimestamp = 0;
  lastValue = 0;
  totalSamples = 0;
  /** Key of the series that this one is a compaction of. */
  sourceKey: string | undefined;

  labels: readonly Label[];
  #settings: SeriesSettings;
  #rules = NO_RULES;
  #openBuckets = NO_BUCKETS;

  constructor(
    readonly id: number,
    public key: string,
    options: SeriesOptions,
    readonly samples: SampleStore,
  ) {
    this.labels = options.labels;
    this.#settings = sharedSettings(options);
  }

  get settings(): SeriesSettings {
    return this.#settings;
  }

  set settings(settings: SeriesSettings) {
    this.#settings = sharedSettings(settings);
  }

  get rules(): readonly CompactionRule[] {
    return this.#rules;
  }

  /** Those of the rules, in their order. */
  get openBuckets(): OpenBuckets {
    return this.#openBuckets;
  }

  addRule(rule: CompactionRule): void {
    this.#rules = [...this.#rules, rule];
    if (this.#openBuckets === NO_BUCKETS) this.#openBuckets = new OpenBuckets();
    this.#openBuckets.add(rule);
  }

  removeRule(targetKey: string): void {
    const position = this.#rules.findIndex((rule) => rule.targetKey === targetKey);
    if (position < 0) return;
    this.#rules = this.#rules.toSpliced(position, 1);
    this.#openBuckets.remove(position);
  }

  /** Samples older than this are expired: never returned, though perhaps not yet removed. */
  get oldestValidTimestamp(): number {
    const { retentionMs } = this.settings;
    return retentionMs > 0 && this.lastTimestamp > retentionMs ? this.lastTimestamp - retentionMs : 0;
  }
}
