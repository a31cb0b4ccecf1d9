import { type Sample } from './sample-store.js';

/** Joins a bucket to the samples before and behind it, in the direction in which samples come. */
export interface BucketEdges {
  /** Edges of the bucket, the older one first. */
  setBucket(start: number, end: number): void;
  /** Joins the bucket to the sample before its first one. */
  joinPrevious(previous: Sample): void;
  /** Joins the bucket to the sample behind its last one. */
  joinNext(next: Sample): void;
  /** The sample that was added last. */
  readonly lastSample: Sample;
}

/** A value that goes on through buckets without samples. */
export interface CarriedValue {
  /** Whether there is a value to repeat. */
  readonly hasValue: boolean;
  /** Sets the value to repeat. */
  carry(value: number): void;
}

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
  /** How the bucket is joined to the samples around it; undefined where these do not matter. */
  readonly edges?: BucketEdges;
  /** The value that empty buckets repeat; undefined where they repeat none. */
  readonly carried?: CarriedValue;
  /**
   * Writes its state as numbers, as which a compaction keeps its open buckets. Returns how many they are: always as many.
   */
  save(target: number[], at: number): number;
  load(state: readonly number[], at: number): void;
}
