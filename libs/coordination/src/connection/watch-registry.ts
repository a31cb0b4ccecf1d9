import type { WatchEventType } from '../transport/transport.js';
import { parentOf } from '../transport/znode-path.js';
import { disposer, type Disposer } from '../waiting/disposer.js';

export type WatchListener = (type: WatchEventType) => void;
export type WatchKind = 'data' | 'children';

interface PersistentWatch {
  readonly recursive: boolean;
  readonly listener: (type: WatchEventType, path: string) => void;
}

/**
 * What is watched of a path for good. Servers below 3.9 keep one watch of a session on a path, the latest: so all who
 * watch it share one, a recursive one as soon as any of them needs it.
 */
interface PersistentWatches {
  readonly watches: Set<PersistentWatch>;
  /** Whether the server's is a recursive one. */
  isRecursive: boolean;
}

/** What a persistent watch in place makes of a one-shot watch of the same path. */
export interface Coverage {
  /** The one-shot watch would take its place at servers below 3.9, and is not needed. */
  readonly data: boolean;
  readonly children: boolean;
}

const concerned: Readonly<Record<WatchEventType, readonly WatchKind[]>> = {
  created: ['data'],
  changed: ['data'],
  child: ['children'],
  deleted: ['data', 'children'],
  removed: ['data', 'children'],
};

/**
 * Hands the watch events of a session to those who wait for them, by path. A listener is in place before the
 * read that sets the watch is sent, so no event can pass it by; it may be called for an older watch of the same path,
 * so a listener reads again and decides by what it finds.
 */
export class WatchRegistry {
  readonly #listeners: Readonly<Record<WatchKind, Map<string, Set<WatchListener>>>> = {
    data: new Map(),
    children: new Map(),
  };
  readonly #persistent = new Map<string, PersistentWatches>();
  readonly #onCount: (change: number) => void;

  constructor(onCount: (change: number) => void) {
    this.#onCount = onCount;
  }

  add(kind: WatchKind, path: string, listener: WatchListener): Disposer {
    const byPath = this.#listeners[kind];
    const entry: WatchListener = (type) => {
      listener(type);
    };
    const listeners = byPath.get(path) ?? new Set();
    listeners.add(entry);
    byPath.set(path, listeners);
    this.#onCount(1);
    return disposer(() => {
      if (!listeners.delete(entry)) return;
      this.#onCount(-1);
      if (listeners.size === 0 && byPath.get(path) === listeners) byPath.delete(path);
    });
  }

  /** A listener for each event of a path, or of all below it too, until it is taken back. */
  addPersistent(path: string, recursive: boolean, listener: PersistentWatch['listener']): Disposer {
    const watch: PersistentWatch = { recursive, listener };
    const at = this.#persistent.get(path) ?? { watches: new Set(), isRecursive: false };
    at.watches.add(watch);
    this.#persistent.set(path, at);
    this.#onCount(1);
    return disposer(() => {
      if (!at.watches.delete(watch)) return;
      this.#onCount(-1);
      if (at.watches.size === 0 && this.#persistent.get(path) === at) this.#persistent.delete(path);
    });
  }

  /** Whether anybody watches the path for good. */
  hasPersistent(path: string): boolean {
    return this.#persistent.has(path);
  }

  /** Whether the watch of all who watch the path for good has to be recursive. It stays so while any of them does. */
  needsRecursive(path: string): boolean {
    const at = this.#persistent.get(path);
    return at !== undefined && (at.isRecursive || [...at.watches].some(({ recursive }) => recursive));
  }

  /** The server has set it. To be called in the order of its answers and events. */
  persistentSet(path: string, recursive: boolean): void {
    const at = this.#persistent.get(path);
    if (at) at.isRecursive ||= recursive;
  }

  coverageOf(path: string): Coverage {
    const data = this.hasPersistent(path);
    // A recursive watch does not see children that may not be read, and leaves the place of one for children free.
    return { data, children: data && !this.needsRecursive(path) };
  }

  /** No persistent watch covers the one-shot ones of the path any more: who waits for them reads again. */
  uncover(path: string): void {
    this.#dispatchOnce('removed', path);
  }

  dispatch(type: WatchEventType, path: string): void {
    this.#dispatchOnce(type, path);
    if (this.#persistent.size === 0) return;
    const here = this.#persistent.get(path);
    if (type === 'removed' && here) here.isRecursive = false;
    for (const { recursive, listener } of [...(here?.watches ?? [])]) {
      // Recursive watches do not see lists of children, but the children.
      if (!recursive || type !== 'child') listener(type, path);
    }
    if (type === 'removed' || type === 'child') return;
    for (let above = parentOf(path), isParent = true; above !== undefined; above = parentOf(above)) {
      const at = this.#persistent.get(above);
      const comesOrGoes = isParent && at?.isRecursive === true && type !== 'changed';
      for (const { recursive, listener } of [...(at?.watches ?? [])]) {
        if (recursive) listener(type, path);
        else if (comesOrGoes) listener('child', above);
      }
      isParent = false;
    }
  }

  #dispatchOnce(type: WatchEventType, path: string): void {
    for (const kind of concerned[type]) {
      const listeners = this.#listeners[kind].get(path);
      if (!listeners) continue;
      this.#listeners[kind].delete(path);
      this.#onCount(-listeners.size);
      const called = [...listeners];
      listeners.clear();
      for (const listener of called) listener(type);
    }
  }

  /** Forgets all: the session is over, and with it every watch. */
  clear(): void {
    for (const byPath of Object.values(this.#listeners)) {
      for (const listeners of byPath.values()) {
        this.#onCount(-listeners.size);
        listeners.clear();
      }
      byPath.clear();
    }
    for (const { watches } of this.#persistent.values()) {
      this.#onCount(-watches.size);
      watches.clear();
    }
    this.#persistent.clear();
  }
}
