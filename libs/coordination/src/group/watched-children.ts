import { readValues, readWindow, type ReadOutcome } from '../children/read-values.js';
import type { Session } from '../connection/session.js';
import { hasCode } from '../errors/is-retryable.js';
import type { LiveCache } from '../live-cache/live-cache.js';
import { RecursiveWatch } from '../live-cache/recursive-watch.js';
import { joinPath, parentOf } from '../transport/znode-path.js';
import type { Disposer } from '../waiting/disposer.js';
import { pipelined } from '../waiting/pipelined.js';

/** Who is to read again. */
export interface ChildrenListener {
  listDue(): void;
  readDue(id: string): void;
}

/** The children of a znode, read with watches for what changes afterwards. */
export interface WatchedChildren {
  /** Names of the children; none where there is no parent. The next change of them is watched for. */
  list(session: Session): Promise<readonly string[]>;
  /** What there is of each; the next change of it is watched for. */
  read(session: Session, ids: readonly string[]): Promise<ReadOutcome[]>;
  /** Whether it was read, and changes of it are watched for since. */
  follows(id: string): boolean;
  forget(id: string): void;
  /** After an interruption: nothing is followed. */
  clear(): void;
  /** Takes all watches away. */
  end(): void;
}

/** The watch for children that come and go: it fires once, and each listing sets it. */
class NamesWatch {
  #unwatch: Disposer | undefined;

  constructor(
    private readonly path: string,
    private readonly live: Pick<LiveCache<unknown>, 'isOver'>,
    private readonly listDue: () => void,
  ) {}

  async list(session: Session): Promise<readonly string[]> {
    this.end();
    const listed = await this.#listed(session);
    if (this.live.isOver) listed.unwatch();
    this.#unwatch = listed.unwatch;
    return listed.names;
  }

  end(): void {
    this.#unwatch?.();
  }

  /** Without a parent its creation is watched for. */
  async #listed(
    session: Session,
  ): Promise<{ readonly names: readonly string[]; readonly unwatch: Disposer }> {
    for (;;) {
      try {
        return await session.childrenWatched(this.path, this.listDue);
      } catch (error) {
        if (!hasCode(error, 'NO_NODE')) throw error;
      }
      const { stat, unwatch } = await session.existsWatched(this.path, this.listDue);
      if (!stat) return { names: [], unwatch };
      unwatch();
    }
  }
}

/** A watch on each child, set by each read: for transports and servers without persistent watches. */
export class SinglyWatchedChildren implements WatchedChildren {
  readonly #names: NamesWatch;
  readonly #unwatch = new Map<string, Disposer>();

  constructor(
    private readonly path: string,
    private readonly live: Pick<LiveCache<unknown>, 'isOver'>,
    private readonly listener: ChildrenListener,
  ) {
    this.#names = new NamesWatch(path, live, () => {
      listener.listDue();
    });
  }

  list(session: Session): Promise<readonly string[]> {
    return this.#names.list(session);
  }

  read(session: Session, ids: readonly string[]): Promise<ReadOutcome[]> {
    return pipelined(ids, readWindow, (id) => this.#read(session, id));
  }

  follows(id: string): boolean {
    return this.#unwatch.has(id);
  }

  forget(id: string): void {
    this.#unwatch.get(id)?.();
    this.#unwatch.delete(id);
  }

  clear(): void {
    this.#names.end();
    for (const unwatch of this.#unwatch.values()) unwatch();
    this.#unwatch.clear();
  }

  end(): void {
    this.clear();
  }

  async #read(session: Session, id: string): Promise<ReadOutcome> {
    this.#unwatch.get(id)?.();
    try {
      const { data, stat, unwatch } = await session.getWatched(joinPath(this.path, id), () => {
        this.listener.readDue(id);
      });
      if (this.live.isOver) unwatch();
      this.#unwatch.set(id, unwatch);
      return { data, stat };
    } catch (error) {
      this.#unwatch.delete(id);
      if (hasCode(error, 'NO_NODE')) return undefined;
      if (hasCode(error, 'NO_AUTHORIZATION')) return error;
      throw error;
    }
  }
}

/**
 * One persistent recursive watch for all children, and many read by one request. What a client may not read, such a
 * watch does not show: names are listed with a watch of their own.
 */
export class JointlyWatchedChildren implements WatchedChildren {
  readonly #names: NamesWatch;
  readonly #watch: RecursiveWatch;
  readonly #followed = new Set<string>();

  constructor(
    private readonly path: string,
    live: Pick<LiveCache<unknown>, 'interrupt' | 'isOver'>,
    listener: ChildrenListener,
  ) {
    this.#names = new NamesWatch(path, live, () => {
      listener.listDue();
    });
    this.#watch = new RecursiveWatch(path, live, (_type, at) => {
      // Of what is deeper, and of the data of the parent, nothing is kept.
      if (parentOf(at) === path) listener.readDue(at.slice(at.lastIndexOf('/') + 1));
    });
  }

  async list(session: Session): Promise<readonly string[]> {
    await this.#watch.setIn(session);
    return this.#names.list(session);
  }

  async read(session: Session, ids: readonly string[]): Promise<ReadOutcome[]> {
    const read = await readValues(
      session,
      ids.map((id) => joinPath(this.path, id)),
    );
    ids.forEach((id, index) => {
      if (read[index] && !(read[index] instanceof Error)) this.#followed.add(id);
      else this.#followed.delete(id);
    });
    return read;
  }

  follows(id: string): boolean {
    return this.#followed.has(id);
  }

  forget(id: string): void {
    this.#followed.delete(id);
  }

  clear(): void {
    this.#names.end();
    this.#followed.clear();
  }

  end(): void {
    this.clear();
    this.#watch.end();
  }
}
