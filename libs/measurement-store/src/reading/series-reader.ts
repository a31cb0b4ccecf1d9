import { type Measurement } from '@atalaya/contracts';
import { type Aggregator, type Sample, sendAll, TimeSeriesError, tsGet } from '@atalaya/redis-timeseries';
import { type BoundedConnection } from '../connection/bounded-connection.js';
import { toStoreError } from '../connection/store-error.js';
import { type GroupKeys } from '../keys.js';
import { type SeriesQuery } from '../measurement-query.js';
import { type CompactionAggregate, type Resolution, RESOLUTION_MS } from '../series/compaction.js';
import { type Series } from '../series/series.js';
import { checkQuery, type CheckedQuery } from './checked-query.js';
import { readInPieces, type SendRange, type SeriesRange } from './read-in-pieces.js';
import { needsPlan, planRead, type Segment, type SegmentSource } from './read-plan.js';

/** Time between two ticks by default. */
const USUAL_STEP_MS = 5_000;

/** Reads ranges of a series piece by piece, from raw values or compactions. */
export class SeriesReader {
  readonly #connection: BoundedConnection;
  readonly #retentionMs: number;

  constructor(connection: BoundedConnection, retentionMs: number) {
    this.#connection = connection;
    this.#retentionMs = retentionMs;
  }

  /** The values that the query means, oldest first; none where the series does not exist. */
  async read(keys: GroupKeys, series: Series, seriesQuery: SeriesQuery): Promise<Measurement[]> {
    const query = checkQuery(seriesQuery);
    const segments = needsPlan(query) ? await this.#plan(series, query) : [newestValues(query)];
    const reader = new SegmentReader(keys, series, query);
    const located = await this.#locate(segments, reader);
    // The segments that the answer begins with are read first, and no more of them than it needs.
    const ordered = reader.isBackwardQuery ? located.toReversed() : located;
    let values: Sample[] = [];
    for (const segment of ordered) {
      if (values.length >= query.limit) break;
      const ofSegment = await this.#readSegment(segment, reader);
      values = reader.isBackwardQuery ? [...ofSegment, ...values] : [...values, ...ofSegment];
    }
    return reader.chosen(values);
  }

  /** Lets those segments that are read forward begin with the first of their newest `limit` buckets. */
  async #locate(segments: readonly Segment[], reader: SegmentReader): Promise<Segment[]> {
    return Promise.all(
      segments.map(async (segment) => {
        if (!reader.isBackwardQuery || !reader.readsForward(segment)) return segment;
        const buckets = await readInPieces(reader.newestBuckets(segment), this.#send);
        const oldest = buckets.at(-1);
        if (oldest === undefined) return segment;
        return { ...segment, from: Math.max(segment.from, Number(oldest.timestamp)) };
      }),
    );
  }

  async #readSegment(segment: Segment, reader: SegmentReader): Promise<Sample[]> {
    const ranges = reader.ranges(segment).map((range) => readInPieces(range, this.#send));
    return reader.merge(segment, await Promise.all(ranges));
  }

  async #plan(series: Series, query: CheckedQuery): Promise<Segment[]> {
    const [newest] = await this.#connection.run((redis) => sendAll(redis, [tsGet(series.key)]));
    const sample = newest.ok ? newest.value : emptyIfMissing(newest.error, null);
    if (sample === null) return [];
    return planRead(series, query, { newest: Number(sample.timestamp), retentionMs: this.#retentionMs });
  }

  readonly #send: SendRange = async (command) => {
    const [result] = await this.#connection.run((redis) => sendAll(redis, [command]));
    return result.ok ? result.value : emptyIfMissing(result.error, []);
  };
}

function newestValues(query: CheckedQuery): Segment {
  return { source: { kind: 'raw' }, from: 0, to: query.to ?? Number.MAX_SAFE_INTEGER };
}

function emptyIfMissing<T>(error: Error, empty: T): T {
  if (error instanceof TimeSeriesError && error.code === 'KEY_NOT_FOUND') return empty;
  throw toStoreError(error);
}

/** The commands of one query, and what their replies make together. */
class SegmentReader {
  readonly #keys: GroupKeys;
  readonly #series: Series;
  readonly #query: CheckedQuery;

  constructor(keys: GroupKeys, series: Series, query: CheckedQuery) {
    this.#keys = keys;
    this.#series = series;
    this.#query = query;
  }

  /** The newest values are asked for: those before a time, and not those behind one. */
  get isBackwardQuery(): boolean {
    return this.#query.from === undefined;
  }

  /**
   * Whether a segment is read from its oldest value on. `TS.REVRANGE` answers `first` for `last` before RedisTimeSeries
   * 8.10, and with `LATEST` nothing at all where a compaction has no open bucket, as after a restore; neither is asked for.
   */
  readsForward({ latest }: Segment): boolean {
    const aggregate = this.#query.buckets?.aggregate;
    return !this.isBackwardQuery || latest === true || aggregate === 'first' || aggregate === 'last';
  }

  /** The newest `limit` buckets of a segment, the newest first; their values do not matter. */
  newestBuckets(segment: Segment): SeriesRange {
    const { source, from, to } = segment;
    const { buckets, limit } = this.#query;
    return {
      ...{ key: this.#keyOf(source), from, to, count: limit, reverse: true, stepMs: stepOf(source) },
      aggregation: { aggregator: 'count', bucketMs: buckets?.widthMs ?? 1 },
    };
  }

  #keyOf(source: SegmentSource): string {
    switch (source.kind) {
      case 'raw':
        return this.#series.key;
      case 'compaction':
        return this.#compactionKey(source.resolution, source.compaction);
      case 'sum-over-count':
        return this.#compactionKey(source.resolution, 'count');
    }
  }

  /** What is read of a segment; sums and counts are two ranges. */
  ranges(segment: Segment): SeriesRange[] {
    const { source } = segment;
    switch (source.kind) {
      case 'raw':
        return [this.#range(this.#keyOf(source), segment, this.#query.buckets?.aggregate)];
      case 'compaction':
        return [this.#range(this.#keyOf(source), segment, source.aggregate)];
      case 'sum-over-count':
        return (['sum', 'count'] as const).map((each) =>
          this.#range(this.#compactionKey(source.resolution, each), segment, 'sum'),
        );
    }
  }

  /** The values of a segment, oldest first, of what its ranges hold. */
  merge(segment: Segment, [samples = [], counts = []]: readonly Sample[][]): Sample[] {
    const merged = segment.source.kind === 'sum-over-count' ? divide(samples, counts) : samples;
    return this.readsForward(segment) ? merged : merged.toReversed();
  }

  /** The first (or without `from` the last) `limit` of all values. */
  chosen(values: readonly Sample[]): Measurement[] {
    const { from, limit } = this.#query;
    const chosen = from === undefined ? values.slice(-limit) : values.slice(0, limit);
    return chosen.map(({ timestamp, value }) => ({ timestamp: Number(timestamp), value }));
  }

  #compactionKey(resolution: Resolution, aggregate: CompactionAggregate): string {
    return this.#keys.compaction(resolution, aggregate, this.#series.sensorId);
  }

  #range(key: string, segment: Segment, aggregator: Aggregator | undefined): SeriesRange {
    const { source, from, to, latest } = segment;
    const { buckets, limit } = this.#query;
    const aggregation =
      buckets === undefined || aggregator === undefined
        ? undefined
        : { aggregator, bucketMs: buckets.widthMs };
    return {
      ...{ key, from, to, latest, aggregation },
      reverse: !this.readsForward(segment),
      stepMs: stepOf(source),
      // The open bucket comes on top of those that were counted.
      count: latest === true ? limit + 1 : limit,
    };
  }
}

function stepOf(source: SegmentSource): number {
  return source.kind === 'raw' ? USUAL_STEP_MS : RESOLUTION_MS[source.resolution];
}

/** Averages of the buckets that both have: the same, since one sample put both there. */
function divide(sums: readonly Sample[], counts: readonly Sample[]): Sample[] {
  const countAt = new Map(counts.map(({ timestamp, value }) => [timestamp, value]));
  return sums.flatMap(({ timestamp, value }) => {
    const count = countAt.get(timestamp);
    return count === undefined || count === 0 ? [] : [{ timestamp, value: value / count }];
  });
}
