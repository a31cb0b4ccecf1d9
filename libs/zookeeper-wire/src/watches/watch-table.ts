import { type AddWatchMode, type WatcherType, type WatchEventType } from '@atalaya/zookeeper-protocol';

/** Kinds of watches, as the servers keep them apart. */
export type WatchKind = 'data' | 'exist' | 'child' | 'persistent' | 'persistentRecursive';

/** Paths to set watches on again, by kind. */
export type WatchedPaths = Readonly<Record<WatchKind, readonly string[]>>;

const KINDS: readonly WatchKind[] = ['data', 'exist', 'child', 'persistent', 'persistentRecursive'];
/** Which one-shot watches an event uses up. */
const USED_UP: Partial<Record<WatchEventType, readonly WatchKind[]>> = {
  created: ['data', 'exist'],
  changed: ['data', 'exist'],
  deleted: ['data', 'exist', 'child'],
  child: ['child'],
};
/** What a removal of watches takes away. */
const REMOVED: Readonly<Record<WatcherType, readonly WatchKind[]>> = {
  children: ['child'],
  data: ['data', 'exist'],
  any: KINDS,
};
/** A path costs its length in front of its bytes. */
const LENGTH_BYTES = 4;

/** The watches that a session has at the servers, so that they can be set again on another connection. */
export class WatchTable {
  readonly #paths = Object.fromEntries(KINDS.map((kind) => [kind, new Set<string>()])) as Record<
    WatchKind,
    Set<string>
  >;

  get size(): number {
    return KINDS.reduce((sum, kind) => sum + this.#paths[kind].size, 0);
  }

  add(kind: WatchKind, path: string): void {
    this.#paths[kind].add(path);
  }

  /** A persistent watch, in the place of one of the other mode. */
  addPersistent(mode: AddWatchMode, path: string): void {
    this.#paths.persistent.delete(path);
    this.#paths.persistentRecursive.delete(path);
    this.add(mode === 'persistent' ? 'persistent' : 'persistentRecursive', path);
  }

  remove(type: WatcherType, path: string): void {
    for (const kind of REMOVED[type]) this.#paths[kind].delete(path);
  }

  /** One-shot watches that have seen something are used up; persistent ones stay. */
  fired(type: WatchEventType, path: string): void {
    for (const kind of USED_UP[type] ?? []) this.#paths[kind].delete(path);
  }

  /** All of them, in batches whose paths take about `maxBytes` at most each. */
  batches(maxBytes: number): WatchedPaths[] {
    const batches: Record<WatchKind, string[]>[] = [];
    let batch = emptyBatch();
    let left = 0;
    for (const kind of KINDS) {
      for (const path of this.#paths[kind]) {
        const size = LENGTH_BYTES + Buffer.byteLength(path);
        if (left < size) {
          batches.push((batch = emptyBatch()));
          left = maxBytes;
        }
        left -= size;
        batch[kind].push(path);
      }
    }
    return batches;
  }

  /** Forgets these, and returns their paths, each once. */
  forget(watched: WatchedPaths): string[] {
    const paths = new Set<string>();
    for (const kind of KINDS) {
      for (const path of watched[kind]) {
        this.#paths[kind].delete(path);
        paths.add(path);
      }
    }
    return [...paths];
  }
}

function emptyBatch(): Record<WatchKind, string[]> {
  return { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] };
}
