import { decodeSamples, encodeSamples } from '../series/sample-codec.js';
import { type SampleColumn } from '../series/sample-column.js';
import { type ChunkAccess } from '../series/sample-store.js';

/** A chunk on disk cannot be read; the folder is damaged. */
export class DamagedChunkError extends Error {
  override readonly name = 'DamagedChunkError';
  readonly code = 'DAMAGED_CHUNK';
}

interface CachedChunk {
  samples: SampleColumn;
  bytes: number;
  /** The commit that writes it; it must stay until then. 0: as on disk. */
  commit: number;
  /** Somebody read it: it stays as long as there is room. Else until it is committed. */
  isWanted: boolean;
}

export type ChunkChange = [seriesId: number, chunkId: number, bytes: Buffer | undefined];

/**
 * Sealed chunks of all series in memory: the recently read ones up to a number of bytes, and all that are changed but
 * not yet committed. Those that samples are sealed into are not kept for it: a fleet seals into each of its chunks in
 * turn, and would drive out what is read.
 */
export class ChunkCache {
  readonly #chunks = new Map<string, CachedChunk>();
  readonly #changed = new Map<string, [seriesId: number, chunkId: number]>();
  /** Those to be let go when they are committed, in the order of their commits. */
  #passing: { readonly id: string; readonly commit: number }[] = [];
  #bytes = 0;
  #committed = 0;

  constructor(
    readonly capacityBytes: number,
    readonly load: (seriesId: number, chunkId: number) => Buffer | undefined,
  ) {}

  /** The chunks for series; changes belong to the commit that `nextCommit` names at that time. */
  access(nextCommit: () => number): ChunkAccess {
    return {
      read: (seriesId, chunkId) => this.read(seriesId, chunkId),
      write: (seriesId, chunkId, samples) => {
        this.write(seriesId, chunkId, samples, nextCommit());
      },
      readToSeal: (seriesId, chunkId) => this.readToSeal(seriesId, chunkId),
      writeSealed: (seriesId, chunkId, samples) => {
        this.writeSealed(seriesId, chunkId, samples, nextCommit());
      },
      remove: (seriesId, chunkId) => {
        this.remove(seriesId, chunkId);
      },
    };
  }

  write(seriesId: number, chunkId: number, samples: SampleColumn, commit: number): void {
    const id = cacheKey(seriesId, chunkId);
    this.#keep(id, samples, { commit, isWanted: true });
    this.#changed.set(id, [seriesId, chunkId]);
  }

  writeSealed(seriesId: number, chunkId: number, samples: SampleColumn, commit: number): void {
    const id = cacheKey(seriesId, chunkId);
    const isWanted = this.#chunks.get(id)?.isWanted ?? false;
    this.#keep(id, samples, { commit, isWanted });
    this.#changed.set(id, [seriesId, chunkId]);
    if (!isWanted) this.#passing.push({ id, commit });
  }

  remove(seriesId: number, chunkId: number): void {
    const id = cacheKey(seriesId, chunkId);
    this.#forget(id);
    this.#changed.set(id, [seriesId, chunkId]);
  }

  /** The changed chunks since the last call, encoded; undefined bytes: removed. */
  takeChanges(): ChunkChange[] {
    const changes = [...this.#changed].map(([id, [seriesId, chunkId]]): ChunkChange => {
      const chunk = this.#chunks.get(id);
      return [seriesId, chunkId, chunk && encodeSamples(chunk.samples)];
    });
    this.#changed.clear();
    return changes;
  }

  /** Chunks changed up to this commit are on disk. */
  committed(commit: number): void {
    this.#committed = commit;
    this.#letGo();
    this.#evict();
  }

  clear(): void {
    this.#chunks.clear();
    this.#changed.clear();
    this.#passing = [];
    this.#bytes = 0;
  }

  read(seriesId: number, chunkId: number): SampleColumn {
    const id = cacheKey(seriesId, chunkId);
    const known = this.#chunks.get(id);
    if (known !== undefined) {
      // Moved to the end: the order of the map is the order of use.
      this.#chunks.delete(id);
      this.#chunks.set(id, known);
      known.isWanted = true;
      return known.samples;
    }
    const samples = this.#decode(seriesId, chunkId);
    this.#keep(id, samples, { commit: 0, isWanted: true });
    this.#evict();
    return samples;
  }

  readToSeal(seriesId: number, chunkId: number): SampleColumn {
    return this.#chunks.get(cacheKey(seriesId, chunkId))?.samples ?? this.#decode(seriesId, chunkId);
  }

  #decode(seriesId: number, chunkId: number): SampleColumn {
    const bytes = this.load(seriesId, chunkId);
    if (bytes === undefined) {
      throw new DamagedChunkError(`Chunk ${chunkId} of series ${seriesId} is missing or damaged.`);
    }
    try {
      return decodeSamples(bytes);
    } catch (cause) {
      throw new DamagedChunkError(`Chunk ${chunkId} of series ${seriesId} is damaged.`, { cause });
    }
  }

  #keep(id: string, samples: SampleColumn, kept: Pick<CachedChunk, 'commit' | 'isWanted'>): void {
    const bytes = samples.byteLength;
    this.#forget(id);
    this.#chunks.set(id, { samples, bytes, ...kept });
    this.#bytes += bytes;
  }

  #forget(id: string): void {
    const known = this.#chunks.get(id);
    if (known === undefined) return;
    this.#chunks.delete(id);
    this.#bytes -= known.bytes;
  }

  #letGo(): void {
    const left = this.#passing.findIndex(({ commit }) => commit > this.#committed);
    const committed = this.#passing.splice(0, left < 0 ? this.#passing.length : left);
    for (const { id } of committed) {
      const chunk = this.#chunks.get(id);
      // It may have been sealed into again since, or read.
      if (chunk?.isWanted === false && chunk.commit <= this.#committed) this.#forget(id);
    }
  }

  #evict(): void {
    if (this.#bytes <= this.capacityBytes) return;
    for (const [id, { commit }] of this.#chunks) {
      if (commit <= this.#committed) this.#forget(id);
      if (this.#bytes <= this.capacityBytes) return;
    }
  }
}

function cacheKey(seriesId: number, chunkId: number): string {
  return `${seriesId}:${chunkId}`;
}
