import { SampleColumn } from './sample-column.js';

/** Where the sealed chunks of all series are: read from disk on demand, changed ones kept until they are committed. */
export interface ChunkAccess {
  read(seriesId: number, chunkId: number): SampleColumn;
  write(seriesId: number, chunkId: number, samples: SampleColumn): void;
  /** As `read`, of a chunk that more samples are sealed into: nobody has asked for it, and it is needed once. */
  readToSeal(seriesId: number, chunkId: number): SampleColumn;
  /** As `write`, of a chunk that samples were sealed into: it is not needed any more when it is committed. */
  writeSealed(seriesId: number, chunkId: number, samples: SampleColumn): void;
  remove(seriesId: number, chunkId: number): void;
}

/** What is known of a sealed chunk without reading it. */
export interface ChunkSummary {
  id: number;
  firstTimestamp: number;
  lastTimestamp: number;
  count: number;
}

/** Rows of a chunk between two indexes; `to` is not included. */
export interface SampleRun {
  samples: SampleColumn;
  from: number;
  to: number;
}

export interface Sample {
  timestamp: number;
  value: number;
}

/** The value that is stored under a timestamp, and whether that was free before. */
export interface UpsertOutcome {
  value: number;
  isNew: boolean;
}

/** Samples of a full head. All of it is written with each new sample, so it is short; a sealed chunk is written once for many. */
const HEAD_CAPACITY = 64;
const HEAD_SPREAD = 32;
const CHUNK_CAPACITY = 4096;
const SPLIT_ABOVE = CHUNK_CAPACITY * 1.5;

/** Most series have few samples: one array serves all of them. */
const NO_CHUNKS: readonly ChunkSummary[] = [];

/**
 * The samples of one series: sealed chunks of some thousand samples that live on disk, and the head, the newest up to
 * 80, in memory. Every sample of the head is newer than every sealed one. Timestamps are unique.
 */
export class SampleStore {
  readonly head = new SampleColumn();
  #chunks: readonly ChunkSummary[];
  #nextChunkId: number;

  constructor(
    readonly access: ChunkAccess,
    readonly seriesId: number,
    chunks: readonly ChunkSummary[] = NO_CHUNKS,
  ) {
    this.#chunks = chunks;
    this.#nextChunkId = chunks.reduce((highest, chunk) => Math.max(highest, chunk.id), 0) + 1;
  }

  get chunks(): readonly ChunkSummary[] {
    return this.#chunks;
  }

  /** Samples of a full head. */
  get headCapacity(): number {
    return headCapacityOf(this.seriesId);
  }

  get length(): number {
    return this.chunks.reduce((sum, chunk) => sum + chunk.count, this.head.length);
  }

  /** The newest sample. */
  last(): Sample | undefined {
    if (this.head.length > 0) return sampleAt(this.head, this.head.length - 1);
    const newest = this.chunks.at(-1);
    if (newest === undefined) return undefined;
    const samples = this.access.read(this.seriesId, newest.id);
    return sampleAt(samples, samples.length - 1);
  }

  /**
   * Adds a sample, or lets `merge` decide about the value where its timestamp is taken (undefined: leave all as it is).
   * Answers what is stored now, or undefined when `merge` refused.
   */
  upsert(
    timestamp: number,
    value: number,
    merge: (kept: number) => number | undefined,
  ): UpsertOutcome | undefined {
    const sealed = this.#sealedChunkFor(timestamp);
    if (sealed === undefined) return upsertInto(this.head, timestamp, value, merge);
    const samples = this.access.read(this.seriesId, sealed.id);
    const stored = upsertInto(samples, timestamp, value, merge);
    if (stored !== undefined) {
      this.#keep(sealed, samples);
      if (samples.length > SPLIT_ABOVE) this.#split(sealed, samples);
    }
    return stored;
  }

  /**
   * Moves a full head into the sealed chunks. Answers whether it did: then is the time to drop chunks that are older
   * than the retention.
   */
  seal(): boolean {
    if (this.head.length < this.headCapacity) return false;
    const newest = this.chunks.at(-1);
    if (newest !== undefined && newest.count + this.head.length <= CHUNK_CAPACITY) {
      const samples = this.access.readToSeal(this.seriesId, newest.id);
      samples.append(this.head);
      this.#seal(newest, samples);
    } else {
      const chunk = { id: this.#nextChunkId++, firstTimestamp: 0, lastTimestamp: 0, count: 0 };
      this.#chunks = [...this.#chunks, chunk];
      this.#seal(chunk, this.head.slice(0, this.head.length));
    }
    this.head.clear();
    return true;
  }

  /** Drops the sealed chunks whose samples are all older than the timestamp. */
  dropChunksBefore(timestamp: number): void {
    const kept = this.chunks.findIndex((chunk) => chunk.lastTimestamp >= timestamp);
    const count = kept < 0 ? this.chunks.length : kept;
    const dropped = this.chunks.slice(0, count);
    this.#chunks = this.chunks.slice(count);
    for (const chunk of dropped) this.access.remove(this.seriesId, chunk.id);
  }

  /** Deletes the samples between two timestamps, both included; answers how many there were. */
  deleteRange(from: number, to: number): number {
    let deleted = deleteFrom(this.head, from, to);
    for (const chunk of this.chunks) {
      if (chunk.lastTimestamp < from || chunk.firstTimestamp > to) continue;
      if (chunk.firstTimestamp >= from && chunk.lastTimestamp <= to) {
        deleted += chunk.count;
        this.#remove(chunk);
        continue;
      }
      const samples = this.access.read(this.seriesId, chunk.id);
      deleted += deleteFrom(samples, from, to);
      if (samples.length > 0) this.#keep(chunk, samples);
      else this.#remove(chunk);
    }
    return deleted;
  }

  /** Removes everything. */
  clear(): void {
    for (const chunk of this.chunks) this.access.remove(this.seriesId, chunk.id);
    this.#chunks = NO_CHUNKS;
    this.head.clear();
  }

  /** The samples between two timestamps, both included, chunk by chunk in the given direction. */
  *runs(from: number, to: number, reverse = false): Generator<SampleRun> {
    if (to < from) return;
    if (reverse) yield* runOf(this.head, from, to);
    for (let step = 0; step < this.chunks.length; step++) {
      const chunk = this.chunks[reverse ? this.chunks.length - 1 - step : step];
      if (chunk === undefined || chunk.lastTimestamp < from || chunk.firstTimestamp > to) continue;
      yield* runOf(this.access.read(this.seriesId, chunk.id), from, to);
    }
    if (!reverse) yield* runOf(this.head, from, to);
  }

  /** The sealed chunk that a timestamp belongs to; undefined: the head. */
  #sealedChunkFor(timestamp: number): ChunkSummary | undefined {
    const newest = this.chunks.at(-1);
    if (newest === undefined || timestamp > newest.lastTimestamp) return undefined;
    let low = 0;
    let high = this.chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((this.chunks[middle]?.firstTimestamp ?? Infinity) <= timestamp) low = middle;
      else high = middle - 1;
    }
    return this.chunks[low];
  }

  #keep(chunk: ChunkSummary, samples: SampleColumn): void {
    describe(chunk, samples);
    this.access.write(this.seriesId, chunk.id, samples);
  }

  #seal(chunk: ChunkSummary, samples: SampleColumn): void {
    describe(chunk, samples);
    this.access.writeSealed(this.seriesId, chunk.id, samples);
  }

  #split(chunk: ChunkSummary, samples: SampleColumn): void {
    const middle = samples.length >>> 1;
    const newer = { id: this.#nextChunkId++, firstTimestamp: 0, lastTimestamp: 0, count: 0 };
    this.#chunks = this.chunks.toSpliced(this.chunks.indexOf(chunk) + 1, 0, newer);
    this.#keep(newer, samples.slice(middle, samples.length));
    this.#keep(chunk, samples.slice(0, middle));
  }

  #remove(chunk: ChunkSummary): void {
    this.#chunks = this.chunks.toSpliced(this.chunks.indexOf(chunk), 1);
    this.access.remove(this.seriesId, chunk.id);
  }
}

/** The head's capacity of a series: series that begin together do not all seal their heads with the same sample. */
function headCapacityOf(seriesId: number): number {
  return HEAD_CAPACITY - HEAD_SPREAD / 2 + (seriesId % HEAD_SPREAD);
}

function describe(chunk: ChunkSummary, samples: SampleColumn): void {
  chunk.firstTimestamp = samples.timestampAt(0);
  chunk.lastTimestamp = samples.timestampAt(samples.length - 1);
  chunk.count = samples.length;
}

function sampleAt(samples: SampleColumn, index: number): Sample {
  return { timestamp: samples.timestampAt(index), value: samples.valueAt(index) };
}

function upsertInto(
  samples: SampleColumn,
  timestamp: number,
  value: number,
  merge: (kept: number) => number | undefined,
): UpsertOutcome | undefined {
  const index = samples.indexFrom(timestamp);
  if (index === samples.length || samples.timestampAt(index) !== timestamp) {
    samples.insertAt(index, timestamp, value);
    return { value, isNew: true };
  }
  const merged = merge(samples.valueAt(index));
  if (merged === undefined) return undefined;
  samples.setValue(index, merged);
  return { value: merged, isNew: false };
}

function deleteFrom(samples: SampleColumn, from: number, to: number): number {
  const first = samples.indexFrom(from);
  const end = indexBehind(samples, to);
  if (end <= first) return 0;
  samples.removeBetween(first, end);
  return end - first;
}

function* runOf(samples: SampleColumn, from: number, to: number): Generator<SampleRun> {
  const first = samples.indexFrom(from);
  const end = indexBehind(samples, to);
  if (end > first) yield { samples, from: first, to: end };
}

/** Index behind the last sample that is not newer than `to`, which may be beyond the integers a double can count. */
function indexBehind(samples: SampleColumn, to: number): number {
  return to >= Number.MAX_SAFE_INTEGER ? samples.length : samples.indexFrom(to + 1);
}
