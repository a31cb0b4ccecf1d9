import { createAggregator } from './aggregators/create-aggregator.js';
import { bucketStart, clampedBucketStart } from './bucket.js';
import { type CompactionRule } from './compaction-rule.js';
import { type OpenBucket } from './open-buckets.js';
import { NO_FILTER, visitSamples } from './sample-query.js';
import { type Sample } from './sample-store.js';
import { type SeriesAccess } from './series-access.js';
import { type Series } from './series.js';
import { appendSample, placeOf, removeSamples, upsertSample } from './store-sample.js';

/** Takes the newest sample of a series into its rules; closes buckets that it leaves behind. */
export function compactAppended(
  access: SeriesAccess,
  series: Series,
  timestamp: number,
  value: number,
): void {
  series.openBuckets.update(series.rules, (rule, bucket) => {
    const unclamped = bucketStart(timestamp, rule.bucketMs, rule.alignment);
    const start = Math.max(0, unclamped);
    const end = unclamped + rule.bucketMs;
    const { aggregator } = bucket;
    if (bucket.start === undefined) {
      bucket.start = start;
      aggregator.edges?.setBucket(start, end);
    }
    if (start > bucket.start) {
      const target = access.find(rule.targetKey);
      if (target === undefined) return;
      close(access, bucket, target, { timestamp, value });
      open(bucket, start, end);
    }
    if (aggregator.accepts(value)) {
      aggregator.add(value, timestamp);
      bucket.hasValues = true;
    }
  });
}

function close(access: SeriesAccess, bucket: OpenBucket, target: Series, next: Sample): void {
  const { start = 0, hasValues, aggregator } = bucket;
  if (aggregator.accepts(next.value)) aggregator.edges?.joinNext(next);
  if (hasValues) appendCompacted(access, target, start, aggregator.result());
}

function open(bucket: OpenBucket, start: number, end: number): void {
  const { aggregator } = bucket;
  const previous = aggregator.edges?.lastSample;
  aggregator.reset();
  aggregator.edges?.setBucket(start, end);
  if (bucket.hasValues && previous !== undefined) aggregator.edges?.joinPrevious(previous);
  bucket.hasValues = false;
  bucket.start = start;
}

/** Computes the buckets anew that samples out of order, or changed ones, fall into: each once. */
export function compactUpserted(access: SeriesAccess, series: Series, timestamps: ReadonlySet<number>): void {
  for (const rule of series.rules) {
    const { bucketMs, alignment } = rule;
    const newest = bucketStart(series.lastTimestamp, bucketMs, alignment);
    const starts = new Set<number>();
    for (const timestamp of timestamps) {
      starts.add(timestamp >= Math.max(0, newest) ? newest : bucketStart(timestamp, bucketMs, alignment));
    }
    for (const start of starts) {
      const [from, to] = [Math.max(0, start), start + bucketMs - 1];
      if (start === newest) reopenBucket(series, rule, from, to);
      else upsertCompacted(access, rule, from, aggregateBucket(series, rule, from, to).value ?? 0);
    }
  }
}

/** Computes the buckets anew that a deletion touched; `lastTimestamp` is the series' newest one before it. */
export function compactDeleted(
  access: SeriesAccess,
  series: Series,
  { from, to }: { from: number; to: number },
  lastTimestamp: number,
): void {
  for (const rule of series.rules) {
    const { bucketMs, alignment } = rule;
    const newest = bucketStart(lastTimestamp, bucketMs, alignment);
    const openFrom = Math.max(0, newest);
    if (from >= openFrom) {
      const isEmpty = reopenBucket(series, rule, openFrom, newest + bucketMs - 1);
      if (isEmpty) fallBack(access, series, rule, lastTimestamp);
      continue;
    }
    const first = bucketStart(from, bucketMs, alignment);
    let deleteFrom = first + bucketMs;
    const atFirst = aggregateBucket(series, rule, Math.max(0, first), first + bucketMs - 1);
    if (atFirst.value === undefined) deleteFrom = Math.max(0, first);
    else upsertCompacted(access, rule, Math.max(0, first), atFirst.value);

    const last = bucketStart(to, bucketMs, alignment);
    let deleteTo = Math.max(0, last - bucketMs);
    let openIsEmpty = false;
    if (to >= openFrom) {
      openIsEmpty = reopenBucket(series, rule, openFrom, newest + bucketMs - 1);
    } else {
      const atLast = aggregateBucket(series, rule, Math.max(0, last), last + bucketMs - 1);
      if (atLast.value === undefined) deleteTo = Math.max(0, last);
      else upsertCompacted(access, rule, Math.max(0, last), atLast.value);
    }
    if (deleteTo >= deleteFrom) deleteCompacted(access, rule, deleteFrom, deleteTo);
    if (openIsEmpty) fallBack(access, series, rule, lastTimestamp);
  }
}

/** The open bucket has lost all its samples: the newest closed one is opened again, its compacted sample withdrawn. */
function fallBack(access: SeriesAccess, series: Series, rule: CompactionRule, lastTimestamp: number): void {
  const target = access.find(rule.targetKey);
  const newest =
    target !== undefined && oldestTimestamp(target) < lastTimestamp ? target.samples.last() : undefined;
  if (newest !== undefined) {
    deleteCompacted(access, rule, newest.timestamp, newest.timestamp);
  }
  const bucket = clampedBucketStart(newest?.timestamp ?? 0, rule.bucketMs, rule.alignment);
  const isEmpty = reopenBucket(series, rule, bucket, bucket + rule.bucketMs - 1);
  changeBucket(series, rule, { start: isEmpty ? undefined : bucket });
}

function oldestTimestamp(series: Series): number {
  return series.samples.chunks[0]?.firstTimestamp ?? series.samples.head.timestampAt(0);
}

/** Fills the rule's open bucket from the stored samples; answers whether there are none. */
function reopenBucket(series: Series, rule: CompactionRule, from: number, to: number): boolean {
  const { aggregator, isEmpty } = aggregateRange(series, rule, from, to);
  changeBucket(series, rule, { aggregator });
  return isEmpty;
}

function changeBucket(series: Series, rule: CompactionRule, change: Partial<OpenBucket>): void {
  const { rules, openBuckets } = series;
  const position = rules.indexOf(rule);
  openBuckets.replace(position, { ...openBuckets.copyOf(rule, position), ...change });
}

function aggregateBucket(series: Series, rule: CompactionRule, from: number, to: number): { value?: number } {
  const { aggregator, isEmpty } = aggregateRange(series, rule, from, to);
  return isEmpty ? {} : { value: aggregator.result() };
}

function aggregateRange(series: Series, rule: CompactionRule, from: number, to: number) {
  const aggregator = createAggregator(rule.aggregatorName);
  const first = (start: number, end: number, reverse: boolean): Sample | undefined => {
    let found: Sample | undefined;
    if (end < start) return undefined;
    visitSamples(series, { from: start, to: end, reverse, filter: NO_FILTER }, (timestamp, value) => {
      found = { timestamp, value };
      return false;
    });
    return found;
  };
  const { edges } = aggregator;
  if (edges !== undefined) {
    edges.setBucket(from, to + 1);
    const previous = first(0, from - 1, true);
    if (previous) edges.joinPrevious(previous);
  }
  let isEmpty = true;
  visitSamples(series, { from, to, reverse: false, filter: NO_FILTER }, (timestamp, value) => {
    aggregator.add(value, timestamp);
    isEmpty = false;
    return true;
  });
  if (edges !== undefined) {
    const next = first(to + 1, Infinity, false);
    if (next) edges.joinNext(next);
  }
  return { aggregator, isEmpty };
}

/** The sample that the open bucket of a compaction would give now. */
export function latestOfCompaction(access: SeriesAccess, target: Series): Sample | undefined {
  if (target.sourceKey === undefined) return undefined;
  const source = access.find(target.sourceKey);
  if (source === undefined || source.totalSamples === 0) return undefined;
  const position = source.rules.findIndex(({ targetKey }) => targetKey === target.key);
  const rule = source.rules[position];
  if (rule === undefined) return undefined;
  const { start, aggregator } = source.openBuckets.copyOf(rule, position);
  return start === undefined ? undefined : { timestamp: start, value: aggregator.result() };
}

/** Stores the value of a closed bucket. A target has no rules of its own. */
function appendCompacted(access: SeriesAccess, target: Series, bucket: number, value: number): void {
  const place = placeOf(target, bucket, value, 'last');
  if (place === 'append') appendSample(access, target, bucket, value);
  else if (place === 'upsert') upsertSample(access, target, bucket, value, 'last');
}

/** Stores the value of a bucket that was computed anew. Leaves the newest timestamp of the compaction as it is. */
function upsertCompacted(access: SeriesAccess, rule: CompactionRule, bucket: number, value: number): void {
  const target = access.find(rule.targetKey);
  if (target === undefined) return;
  if (target.totalSamples === 0) appendSample(access, target, bucket, value);
  else upsertSample(access, target, bucket, value, 'last');
}

/** Deletes the values of buckets whose samples were all deleted. */
function deleteCompacted(access: SeriesAccess, rule: CompactionRule, from: number, to: number): void {
  const target = access.find(rule.targetKey);
  if (target !== undefined) removeSamples(access, target, from, to);
}
