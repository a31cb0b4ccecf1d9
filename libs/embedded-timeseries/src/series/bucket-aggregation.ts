import { type AggregationQuery, type BucketVisitor } from './aggregation-query.js';
import { type Aggregator, type BucketEdges } from './aggregator.js';
import { createAggregator } from './aggregators/create-aggregator.js';
import { bucketStart } from './bucket.js';
import { interpolateEmptyBucket } from './empty-bucket.js';
import { neighbours, visitSamples } from './sample-query.js';
import { type Sample } from './sample-store.js';
import { type Series } from './series.js';

/** Reports the buckets of a query, in its direction, to `visit` until that answers false. */
export function aggregateSeries(series: Series, query: AggregationQuery, visit: BucketVisitor): void {
  new BucketAggregation(series, query, visit).run();
}

/**
 * One pass over the samples of a query. Values are added in the order in which they are visited (a reversed query adds
 * the newest first), because the rounding of sums depends on it.
 */
class BucketAggregation {
  readonly #series: Series;
  readonly #query: AggregationQuery;
  readonly #visit: BucketVisitor;
  readonly #aggregators: Aggregator[];
  /** The aggregators that are joined to the samples around their bucket, with their places. */
  readonly #edges: readonly { edges: BucketEdges; aggregator: Aggregator; index: number }[];
  readonly #hasValue: boolean[];
  #started = false;
  #wantsMore = true;
  /** Start of the current bucket as reported: not negative. */
  #start = 0;
  /** End of the current bucket, not included: its unclamped start plus the duration. */
  #end = 0;

  constructor(series: Series, query: AggregationQuery, visit: BucketVisitor) {
    this.#series = series;
    this.#query = query;
    this.#visit = visit;
    this.#aggregators = query.aggregators.map((name) => createAggregator(name, query.reverse));
    this.#edges = this.#aggregators.flatMap((aggregator, index) =>
      aggregator.edges === undefined ? [] : [{ edges: aggregator.edges, aggregator, index }],
    );
    this.#hasValue = this.#aggregators.map(() => false);
  }

  run(): void {
    visitSamples(this.#series, this.#query, (timestamp, value) => {
      if (!this.#started) this.#begin(timestamp);
      else if (this.#query.reverse ? timestamp < this.#start : timestamp >= this.#end)
        this.#next(timestamp, value);
      this.#add(timestamp, value);
      return this.#wantsMore;
    });
    if (!this.#wantsMore) return;
    if (this.#started) this.#finish();
    else if (this.#query.empty) this.#fillWithoutSamples();
  }

  #add(timestamp: number, value: number): void {
    for (let index = 0; index < this.#aggregators.length; index++) {
      const aggregator = this.#aggregators[index];
      if (aggregator?.accepts(value) !== true) continue;
      aggregator.add(value, timestamp);
      this.#hasValue[index] = true;
    }
  }

  /** Opens the bucket of the first sample, after the empty ones before it. */
  #begin(timestamp: number): void {
    const { from, to, reverse, filter, bucketMs } = this.#query;
    const first = this.#bucketOf(timestamp);
    if (this.#query.empty) {
      if (reverse) this.#fillEdge(first + bucketMs, this.#bucketOf(to));
      else this.#fillEdge(this.#bucketOf(from), first - bucketMs);
    }
    this.#started = true;
    this.#open(first);
    if (this.#edges.length === 0) return;
    const [start, end] = [Math.max(this.#start, from), Math.min(this.#end, to)];
    for (const { edges } of this.#edges) edges.setBucket(start, end);
    const side = reverse ? { from: timestamp + 1 } : { to: timestamp - 1 };
    const [previous] = neighbours(this.#series, side, filter, 1);
    if (previous) for (const { edges } of this.#edges) edges.joinPrevious(previous);
  }

  /** Closes the current bucket and opens the one of a sample, after the empty ones between them. */
  #next(timestamp: number, value: number): void {
    const { from, to, reverse, bucketMs } = this.#query;
    const joins = this.#closeEdges(timestamp, value);
    this.#report(this.#start);
    this.#reset();
    const bucket = this.#bucketOf(timestamp);
    if (this.#query.empty) {
      if (reverse) this.#fill(bucket + bucketMs, this.#end - 2 * bucketMs);
      else this.#fill(this.#end, bucket - bucketMs);
    }
    this.#open(bucket);
    const [start, end] = reverse
      ? [Math.max(this.#start, from), this.#end]
      : [this.#start, Math.min(this.#end, to)];
    for (const [position, { edges }] of this.#edges.entries()) {
      const previous = joins[position];
      if (previous) edges.joinPrevious(previous);
      edges.setBucket(start, end);
    }
  }

  /** Joins the bucket to the next sample; answers what to join the next bucket to. */
  #closeEdges(timestamp: number, value: number): (Sample | undefined)[] {
    return this.#edges.map(({ edges, aggregator, index }) => {
      if (aggregator.accepts(value)) edges.joinNext({ timestamp, value });
      return this.#hasValue[index] === true ? edges.lastSample : undefined;
    });
  }

  #finish(): void {
    const { from, to, reverse, filter, bucketMs } = this.#query;
    for (const { edges } of this.#edges) {
      const { timestamp } = edges.lastSample;
      const [next] = neighbours(
        this.#series,
        reverse ? { to: timestamp - 1 } : { from: timestamp + 1 },
        filter,
        1,
      );
      if (next) edges.joinNext(next);
    }
    this.#report(this.#start);
    if (!this.#query.empty || !this.#wantsMore) return;
    const last = this.#bucketOf(this.#start);
    if (reverse) this.#fillEdge(this.#bucketOf(from), last - bucketMs);
    else if (last >= 0) this.#fillEdge(last + bucketMs, this.#bucketOf(to));
  }

  #fillWithoutSamples(): void {
    this.#fillEdge(this.#bucketOf(this.#query.from), this.#bucketOf(this.#query.to));
  }

  /** Fills buckets at an edge of the query, if the series has samples on both sides of where they begin. */
  #fillEdge(oldest: number, newest: number): void {
    if (oldest < 0 || newest < oldest) return;
    const edge = Math.max(this.#query.reverse ? newest : oldest, this.#query.from);
    const { filter } = this.#query;
    if (neighbours(this.#series, { to: edge - 1 }, filter, 1).length === 0) return;
    if (neighbours(this.#series, { from: edge }, filter, 1).length === 0) return;
    this.#fill(oldest, newest);
  }

  /** Reports the buckets from the oldest to the newest start as empty ones, in the direction of the query. */
  #fill(oldest: number, newest: number): void {
    if (newest < oldest) return;
    const { reverse, bucketMs, filter } = this.#query;
    for (const { carried } of this.#aggregators) {
      if (carried !== undefined && (reverse || !carried.hasValue)) {
        carried.carry(neighbours(this.#series, { to: oldest - 1 }, filter, 1)[0]?.value ?? NaN);
      }
    }
    const first = reverse ? newest : oldest;
    const around = this.#neighbourhood(Math.max(first, this.#query.from));
    for (
      let start = first;
      this.#wantsMore && start >= oldest && start <= newest;
      start += reverse ? -bucketMs : bucketMs
    ) {
      this.#emit(start, this.#emptyValues(start, around));
    }
  }

  #neighbourhood(timestamp: number, to = timestamp): { before: Sample[]; after: Sample[] } | undefined {
    if (this.#edges.length === 0) return undefined;
    const { filter } = this.#query;
    return {
      before: neighbours(this.#series, { to: timestamp - 1 }, filter, 2),
      after: neighbours(this.#series, { from: to }, filter, 2),
    };
  }

  #emptyValues(start: number, around: { before: Sample[]; after: Sample[] } | undefined): number[] {
    const interpolated = around === undefined ? NaN : interpolateEmptyBucket(this.#edgesOf(start), around);
    return this.#aggregators.map((aggregator) =>
      aggregator.edges === undefined ? aggregator.emptyValue() : interpolated,
    );
  }

  /** Edges of a bucket within the query. */
  #edgesOf(start: number): { start: number; end: number } {
    const { from, to, bucketMs } = this.#query;
    return { start: Math.max(start, from), end: Math.min(start + bucketMs, to) };
  }

  /** Reports the current bucket; one without values that count is empty, and left out unless asked for. */
  #report(start: number): void {
    if (!this.#hasValue.includes(true) && !this.#query.empty) return;
    const { start: from, end: to } = this.#edgesOf(start);
    const values = this.#aggregators.map((aggregator, index) => {
      if (this.#hasValue[index] === true) return aggregator.result();
      if (aggregator.edges === undefined) return aggregator.emptyValue();
      return this.#emptyValues(start, this.#neighbourhood(from, to))[index] ?? NaN;
    });
    this.#emit(start, values);
  }

  #emit(start: number, values: readonly number[]): void {
    if (!this.#wantsMore) return;
    const { bucketTimestamp, bucketMs } = this.#query;
    const offset =
      bucketTimestamp === 'start' ? 0 : bucketTimestamp === 'end' ? bucketMs : Math.floor(bucketMs / 2);
    this.#wantsMore = this.#visit(start + offset, values);
  }

  #open(bucket: number): void {
    this.#start = Math.max(0, bucket);
    this.#end = bucket + this.#query.bucketMs;
  }

  #reset(): void {
    for (const aggregator of this.#aggregators) aggregator.reset();
    this.#hasValue.fill(false);
  }

  #bucketOf(timestamp: number): number {
    return bucketStart(timestamp, this.#query.bucketMs, this.#query.alignment);
  }
}
