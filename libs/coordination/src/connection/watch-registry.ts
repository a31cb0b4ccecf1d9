import type { WatchEventType } from '../transport/transport.js';
import { parentOf } from '../transport/znode-path.js';
import { disposer, type Disposer } from '../waiting/disposer.js';

export type WatchListener = (type: WatchEventType) => void;
export type WatchKind = 'data' | 'children';

interface PersistentWatch {
  readonly recursive: boolean;
  readonly listener: (type: WatchEventType, path: string) => void;
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
  readonly #persistent = new Map<string, Set<PersistentWatch>>();
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
    const watches = this.#persistent.get(path) ?? new Set();
    watches.add(watch);
    this.#persistent.set(path, watches);
    this.#onCount(1);
    return disposer(() => {
      if (!watches.delete(watch)) return;
      this.#onCount(-1);
      if (watches.size === 0 && this.#persistent.get(path) === watches) this.#persistent.delete(path);
    });
  }

  hasPersistent(path: string, recursive: boolean): boolean {
    return [...(this.#persistent.get(path) ?? [])].some((watch) => watch.recursive === recursive);
  }

  dispatch(type: WatchEventType, path: string): void {
    this.#dispatchOnce(type, path);
    if (this.#persistent.size === 0) return;
    for (let at: string | undefined = path; at !== undefined; at = parentOf(at)) {
      for (const watch of [...(this.#persistent.get(at) ?? [])]) {
        if (at === path || watch.recursive) watch.listener(type, path);
      }
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
    for (const watches of this.#persistent.values()) {
      this.#onCount(-watches.size);
      watches.clear();
    }
    this.#persistent.clear();
  }
}
