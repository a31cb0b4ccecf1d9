import { type Aggregator } from './aggregator.js';
import { type AggregatorName } from './aggregator-name.js';
import { createAggregator } from './aggregators/create-aggregator.js';
import { type CompactionRule } from './compaction-rule.js';

/** The bucket of a rule that is still open. */
export interface OpenBucket {
  /** Its start; undefined until the first sample after the rule was made. */
  start: number | undefined;
  /** Whether it got a value that the aggregator accepts. */
  hasValues: boolean;
  /** Holds what was added to it. */
  aggregator: Aggregator;
}

/** Numbers of a bucket: its start, whether it has values, how many numbers its aggregator's state has, and these. */
const HAS_VALUES = 1;
const STATE_LENGTH = 2;
const STATE = 3;

const NO_START = -1;

/**
 * The open buckets of a series' rules, in their order, as the numbers that are stored of them. An object for each bucket, its
 * aggregator and each of their numbers would be thirty for a sensor: a tick of a fleet touches all of them, in memory that
 * was not used since the tick before.
 */
export class OpenBuckets {
  #numbers: number[] = [];

  /** All numbers, to be stored. */
  get numbers(): readonly number[] {
    return this.#numbers;
  }

  /** Adds the bucket of a rule that is behind all others. */
  add({ aggregatorName }: CompactionRule): void {
    this.#pack(this.#numbers.length, emptyBucket(aggregatorName));
  }

  remove(position: number): void {
    const at = this.#placeOf(position);
    this.#numbers.splice(at, this.#widthAt(at));
  }

  /** Start of a rule's bucket. */
  startOf(position: number): number | undefined {
    return startOf(this.#numbers[this.#placeOf(position)]);
  }

  /** A bucket of its own, with what a rule's has. */
  copyOf(rule: CompactionRule, position: number): OpenBucket {
    const bucket = emptyBucket(rule.aggregatorName);
    this.#unpack(this.#placeOf(position), bucket);
    return bucket;
  }

  /** Puts another bucket in the place of a rule's. */
  replace(position: number, bucket: OpenBucket): void {
    this.#pack(this.#placeOf(position), bucket);
  }

  /** Lets each rule's bucket be changed. The bucket is good during the call, and is not to be kept. */
  update(rules: readonly CompactionRule[], change: (rule: CompactionRule, bucket: OpenBucket) => void): void {
    let at = 0;
    for (const rule of rules) {
      const bucket = workingBucket(rule.aggregatorName);
      this.#unpack(at, bucket);
      change(rule, bucket);
      this.#pack(at, bucket);
      at += this.#widthAt(at);
    }
  }

  /** Takes over stored numbers, of the rules in their order; `next` answers one after the other. */
  load(rules: readonly CompactionRule[], next: () => number): void {
    this.#numbers = [];
    for (const { aggregatorName } of rules) {
      const bucket = emptyBucket(aggregatorName);
      bucket.start = startOf(next());
      bucket.hasValues = next() === 1;
      bucket.aggregator.load(Array.from({ length: next() }, next), 0);
      this.#pack(this.#numbers.length, bucket);
    }
  }

  #unpack(at: number, bucket: OpenBucket): void {
    const numbers = this.#numbers;
    bucket.start = startOf(numbers[at]);
    bucket.hasValues = numbers[at + HAS_VALUES] === 1;
    bucket.aggregator.load(numbers, at + STATE);
  }

  #pack(at: number, { start, hasValues, aggregator }: OpenBucket): void {
    const numbers = this.#numbers;
    numbers[at] = start ?? NO_START;
    numbers[at + HAS_VALUES] = hasValues ? 1 : 0;
    numbers[at + STATE_LENGTH] = 0;
    numbers[at + STATE_LENGTH] = aggregator.save(numbers, at + STATE);
  }

  #placeOf(position: number): number {
    let at = 0;
    for (let before = 0; before < position; before++) at += this.#widthAt(at);
    return at;
  }

  #widthAt(at: number): number {
    return STATE + (this.#numbers[at + STATE_LENGTH] ?? 0);
  }
}

function startOf(number: number | undefined): number | undefined {
  return number === NO_START ? undefined : number;
}

function emptyBucket(name: AggregatorName): OpenBucket {
  return { start: undefined, hasValues: false, aggregator: createAggregator(name) };
}

/** One for each kind of aggregator serves all series. */
const workingBuckets = new Map<AggregatorName, OpenBucket>();

function workingBucket(name: AggregatorName): OpenBucket {
  const known = workingBuckets.get(name);
  if (known !== undefined) return known;
  const bucket = emptyBucket(name);
  workingBuckets.set(name, bucket);
  return bucket;
}
