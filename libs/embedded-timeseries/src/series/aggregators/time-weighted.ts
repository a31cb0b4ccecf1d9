import { type Aggregator, type BucketEdges } from '../aggregator.js';
import { type Sample } from '../sample-store.js';

/**
 * Time-weighted average: the mean of the line through the samples, each bucket joined to its neighbours by
 * interpolation at its edges (https://redis.io/docs/latest/commands/ts.range/, aggregator `twa`). Samples come in one
 * direction, the edge where they enter is `entry`, the other one `exit`.
 */
export class TimeWeightedAggregator implements Aggregator, BucketEdges {
  readonly edges: BucketEdges = this;
  #area = 0;
  #entry = 0;
  #exit = 0;
  #from = 0;
  #to = 0;
  #joined = false;
  #samples = 0;
  #last: Sample = { timestamp: 0, value: 0 };

  constructor(readonly reverse: boolean) {}

  /** Edges of the bucket, the older one first. */
  setBucket(start: number, end: number): void {
    this.#entry = this.reverse ? end : start;
    this.#exit = this.reverse ? start : end;
  }

  /** Joins the bucket to the sample before its first one. */
  joinPrevious(previous: Sample): void {
    this.#last = { ...previous };
    this.#joined = true;
  }

  /** Joins the bucket to the sample behind its last one. */
  joinNext(next: Sample): void {
    this.#area += this.#areaBetween(this.#last, next, this.#exit, false);
    this.#to = this.#exit;
  }

  get lastSample(): Sample {
    return this.#last;
  }

  accepts(value: number): boolean {
    return !Number.isNaN(value);
  }

  add(value: number, timestamp: number): void {
    const sample = { timestamp, value };
    if (this.#samples > 0) {
      const [older, newer] = this.#inOrder(this.#last, sample);
      this.#area += ((older.value + newer.value) * (newer.timestamp - older.timestamp)) / 2;
    } else if (this.#joined) {
      this.#from = this.#entry;
      this.#area += this.#areaBetween(this.#last, sample, this.#entry, true);
    } else {
      this.#from = timestamp;
    }
    this.#to = timestamp;
    this.#last = sample;
    this.#samples++;
  }

  result(): number {
    return this.#to === this.#from ? this.#last.value : this.#area / Math.abs(this.#to - this.#from);
  }

  emptyValue(): number {
    return NaN;
  }

  reset(): void {
    this.load([], 0);
  }

  save(target: number[], at: number): number {
    target[at] = this.#area;
    target[at + 1] = this.#entry;
    target[at + 2] = this.#exit;
    target[at + 3] = this.#from;
    target[at + 4] = this.#to;
    target[at + 5] = this.#joined ? 1 : 0;
    target[at + 6] = this.#samples;
    target[at + 7] = this.#last.timestamp;
    target[at + 8] = this.#last.value;
    return 9;
  }

  load(state: readonly number[], at: number): void {
    this.#area = state[at] ?? 0;
    this.#entry = state[at + 1] ?? 0;
    this.#exit = state[at + 2] ?? 0;
    this.#from = state[at + 3] ?? 0;
    this.#to = state[at + 4] ?? 0;
    this.#joined = state[at + 5] === 1;
    this.#samples = state[at + 6] ?? 0;
    this.#last = { timestamp: state[at + 7] ?? 0, value: state[at + 8] ?? 0 };
  }

  /** Area under the line between two samples on the bucket's side of an edge. */
  #areaBetween(earlier: Sample, later: Sample, edge: number, isEntry: boolean): number {
    const [older, newer] = this.#inOrder(earlier, later);
    const duration = newer.timestamp - older.timestamp;
    const atEdge = older.value + ((edge - older.timestamp) * (newer.value - older.value)) / duration;
    const inside = isEntry === this.reverse ? older : newer;
    const width = inside === older ? edge - older.timestamp : newer.timestamp - edge;
    return ((atEdge + inside.value) * width) / 2;
  }

  #inOrder(earlier: Sample, later: Sample): [Sample, Sample] {
    return this.reverse ? [later, earlier] : [earlier, later];
  }
}
