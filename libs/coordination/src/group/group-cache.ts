import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import type { ZnodeValue } from '../transport/stat.js';
import { readWindow } from '../children/read-values.js';
import type { CoordinationError } from '../errors/coordination-error.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import { abortable, delay, reasonOf } from '../waiting/abortable.js';
import { AsyncQueue } from '../waiting/async-queue.js';
import { deferred, type Deferred } from '../waiting/deferred.js';
import { linkedSignal, type LinkedSignal } from '../waiting/linked-signal.js';
import { pipelined } from '../waiting/pipelined.js';
import { GroupMembers } from './group-members.js';
import type { Group, GroupChange, GroupOptions, GroupSnapshot } from './group.js';

/** Opens a group and resolves when it is complete. */
export async function openGroup<T>(
  keeper: SessionKeeper,
  path: string,
  { codec, signal }: GroupOptions<T>,
): Promise<Group<T>> {
  assertZnodePath(path);
  const group = new GroupCache(keeper, path, new GroupMembers(codec));
  try {
    await abortable(group.ready, signal);
    return group;
  } catch (error) {
    await group.close();
    throw error;
  }
}

/**
 * The cache as one loop: read all, then wait for watches and read what they name, one batch after the other. After an
 * interruption everything is read again and the difference told, whichever session it is.
 */
class GroupCache<T> implements Group<T> {
  readonly path: string;
  readonly #keeper: SessionKeeper;
  readonly #members: GroupMembers<T>;
  readonly #ready = deferred<undefined>();
  readonly #stopped = new AbortController();
  readonly #stop: LinkedSignal;
  readonly #queues = new Set<AsyncQueue<GroupChange<T>>>();
  readonly #unwatch = new Map<string, Disposer>();
  readonly #unlisten: Disposer;
  readonly #loop: Promise<void>;
  #unwatchChildren: Disposer | undefined;
  #session: Session | undefined;
  /** Grows with each interruption: what was read in an earlier generation is not trusted. */
  #generation = 0;
  #listDue = true;
  #readAllDue = true;
  #readDue = new Set<string>();
  #woken: Deferred<undefined> = deferred();
  #stale = true;
  #asOf = 0;

  constructor(keeper: SessionKeeper, path: string, members: GroupMembers<T>) {
    this.#keeper = keeper;
    this.path = path;
    this.#members = members;
    this.#stop = linkedSignal(this.#stopped.signal, keeper.closing);
    this.#unlisten = keeper.onState((state) => {
      if (state !== 'connected') this.#interrupt();
    });
    this.#loop = this.#follow();
  }

  get ready(): Promise<unknown> {
    return this.#ready.promise;
  }

  snapshot(): GroupSnapshot<T> {
    return {
      ...this.#members.copy(),
      stale: this.#stale,
      asOf: this.#stale ? this.#asOf : this.#contactTime(),
    };
  }

  changes({ signal }: WaitOptions = {}): AsyncIterableIterator<GroupChange<T>> {
    const queue = new AsyncQueue<GroupChange<T>>({ signal });
    if (this.#stop.signal.aborted) queue.end();
    this.#queues.add(queue);
    queue.onDone(() => this.#queues.delete(queue));
    return queue;
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #follow(): Promise<void> {
    const stop = this.#stop.signal;
    try {
      for (let failures = 0; !stop.aborted;) {
        try {
          const session = await this.#keeper.session(stop);
          await this.#catchUp(session, stop);
          failures = 0;
          await abortable(this.#woken.promise, stop);
        } catch (error) {
          if (this.#keeper.closing.aborted || this.#stopped.signal.aborted || !isRetryable(error))
            throw error;
          this.#interrupt();
          failures += 1;
          await delay(retryDelayMs(this.#keeper.retry, failures), stop);
        }
      }
    } catch (error) {
      this.#ready.reject(error);
      for (const queue of [...this.#queues]) {
        if (stop.aborted) queue.end();
        else queue.fail(error);
      }
    } finally {
      this.#stopped.abort();
      this.#interrupt();
      this.#unlisten();
      this.#stop[Symbol.dispose]();
      this.#ready.reject(reasonOf(stop));
      for (const queue of [...this.#queues]) queue.end();
    }
  }

  /** Reads until nothing is due. */
  async #catchUp(session: Session, stop: AbortSignal): Promise<void> {
    const generation = this.#generation;
    this.#session = session;
    while (this.#listDue || this.#readDue.size > 0) {
      const gone = this.#listDue ? await abortable(this.#list(session), stop) : [];
      const ids = [...this.#readDue];
      this.#readDue = new Set();
      const values = await abortable(
        pipelined(ids, readWindow, (id) => this.#read(session, id)),
        stop,
      );
      // An interruption in between: what was read may be older than it, and is read again.
      if (this.#isPast(generation)) return;
      for (const id of gone) this.#apply(id, undefined);
      ids.forEach((id, index) => {
        this.#apply(id, values[index]);
      });
    }
    // Only now that nothing is due: a watch that fired during the list was dealt with by the reads that followed.
    this.#woken = deferred();
    this.#stale = false;
    this.#ready.resolve(undefined);
  }

  /** Lists the children; new ones are due to be read, those that are gone are told. */
  async #list(session: Session): Promise<string[]> {
    this.#listDue = false;
    this.#unwatchChildren?.();
    const listener = () => {
      this.#listDue = true;
      this.#wake();
    };
    const listed = await listWatched(session, this.path, listener);
    if (this.#isOver()) listed.unwatch();
    this.#unwatchChildren = listed.unwatch;
    const names = new Set(listed.names);
    for (const name of names) {
      if (this.#readAllDue || !this.#unwatch.has(name)) this.#readDue.add(name);
    }
    this.#readAllDue = false;
    return this.#members.ids().filter((id) => !names.has(id));
  }

  async #read(session: Session, id: string): Promise<ZnodeValue | CoordinationError | undefined> {
    this.#unwatch.get(id)?.();
    try {
      const { data, stat, unwatch } = await session.getWatched(joinPath(this.path, id), () => {
        this.#readDue.add(id);
        this.#wake();
      });
      if (this.#isOver()) unwatch();
      this.#unwatch.set(id, unwatch);
      return { data, stat };
    } catch (error) {
      this.#unwatch.delete(id);
      if (hasCode(error, 'NO_NODE')) return undefined;
      if (hasCode(error, 'NO_AUTHORIZATION')) return error;
      throw error;
    }
  }

  #apply(id: string, read: ZnodeValue | CoordinationError | undefined): void {
    if (!read) {
      this.#unwatch.get(id)?.();
      this.#unwatch.delete(id);
    }
    for (const change of this.#members.apply(id, read)) {
      for (const queue of this.#queues) queue.push(change);
    }
  }

  #interrupt(): void {
    this.#generation += 1;
    if (!this.#stale) this.#asOf = this.#contactTime();
    this.#stale = true;
    this.#listDue = true;
    this.#readAllDue = true;
    this.#readDue.clear();
    this.#unwatchChildren?.();
    for (const unwatch of this.#unwatch.values()) unwatch();
    this.#unwatch.clear();
    this.#wake();
  }

  #isPast(generation: number): boolean {
    return generation !== this.#generation;
  }

  /** A read that is answered after the end leaves no listener behind. */
  #isOver(): boolean {
    return this.#stop.signal.aborted;
  }

  #wake(): void {
    this.#woken.resolve(undefined);
  }

  /** The latest answer of a server, on the wall clock: changes up to then have been told. */
  #contactTime(): number {
    const contact = this.#session?.lastContact;
    return contact ? Date.now() - (performance.now() - contact.acknowledgedAtMs) : 0;
  }
}

/** The names of the children; none while there is no parent, whose creation is watched for then. */
async function listWatched(
  session: Session,
  path: string,
  listener: () => void,
): Promise<{ readonly names: readonly string[]; readonly unwatch: Disposer }> {
  for (;;) {
    try {
      return await session.childrenWatched(path, listener);
    } catch (error) {
      if (!hasCode(error, 'NO_NODE')) throw error;
    }
    const { stat, unwatch } = await session.existsWatched(path, listener);
    if (!stat) return { names: [], unwatch };
    unwatch();
  }
}
