import { checkId, checkInteger, checkOptions, invalid } from '../arguments/arguments.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { Session } from '../connection/session.js';
import { lockProtocol } from '../queue/lock-node.js';
import { SessionNode } from '../ephemeral/session-node.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { Acquirable } from '../holding/acquirable.js';
import type { Acquired, WhenOccupied } from '../holding/holding.js';
import type { AcquireOptions, HeldLock, LockState } from '../holding/held-lock.js';
import { queueUp } from '../queue/queue-up.js';
import { repeated } from '../connection/repeated.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { abortable, delay } from '../waiting/abortable.js';
import { WakeUp } from '../connection/wake-up.js';
import { readLeases } from './lease-holders.js';
import { agreeOnSize } from './semaphore-size.js';
import type { LeaseHolder, Semaphore, SemaphoreOptions } from './semaphore.js';

/** While somebody else is about to take one of the leases that are left. */
const betweenLooksMs = 20;

/** The semaphore over the queue of the lock and ephemeral znodes. */
export class KazooSemaphore implements Semaphore {
  readonly id: string;
  readonly path: string;
  readonly maxLeases: number;
  readonly #keeper: SessionKeeper;
  readonly #acquirable: Acquirable;

  constructor(keeper: SessionKeeper, path: string, options: SemaphoreOptions) {
    assertZnodePath(path);
    if (path === '/')
      throw invalid('path', path, 'one below "/", which a semaphore has beside its own', path);
    const { id, maxLeases } = checkOptions(options, 'the options of a semaphore');
    checkId(id);
    checkInteger(maxLeases, 'maxLeases', 1, Number.MAX_SAFE_INTEGER);
    this.#keeper = keeper;
    this.path = path;
    this.id = id;
    this.maxLeases = maxLeases;
    this.#acquirable = new Acquirable(keeper, {
      subject: 'A lease of the semaphore',
      path,
      acquire: (signal, whenOccupied) => this.#acquire(signal, whenOccupied),
    });
  }

  get state(): LockState {
    return this.#acquirable.state;
  }

  get held(): HeldLock | undefined {
    return this.#acquirable.held;
  }

  acquire(options?: AcquireOptions): Promise<HeldLock> {
    return this.#acquirable.acquire(options);
  }

  tryAcquire(options?: AcquireOptions): Promise<HeldLock | undefined> {
    return this.#acquirable.tryAcquire(options);
  }

  run<T>(work: (held: HeldLock) => Promise<T> | T, options?: AcquireOptions): Promise<T> {
    return this.#acquirable.run(work, options);
  }

  async leaseHolders({ signal }: WaitOptions = {}): Promise<LeaseHolder[]> {
    const leases = await repeated(this.#keeper, signal, (session) => readLeases(session, this.path));
    return leases.map(({ id, token }) => ({ id, token }));
  }

  async #acquire(signal: AbortSignal, whenOccupied: WhenOccupied): Promise<Acquired | undefined> {
    const queue = { path: `${this.path}-__lock__`, id: this.id, protocol: lockProtocol };
    for (;;) {
      await repeated(this.#keeper, signal, (session) => agreeOnSize(session, this.path, this.maxLeases));
      if (whenOccupied === 'leave' && (await this.#isFull(signal))) return undefined;
      const turn = await queueUp(this.#keeper, queue, signal, whenOccupied);
      if (!turn) {
        // Whoever is before it takes one of the leases that are left, in a moment.
        await delay(betweenLooksMs, signal);
        continue;
      }
      try {
        const acquired = await this.#takeLease(turn.grant.session, signal, whenOccupied);
        if (acquired === 'full') return undefined;
        if (acquired) return acquired;
      } finally {
        // In the background: the lease is what counts, and the next contender comes as soon as it is done.
        void turn.leave();
      }
    }
  }

  async #isFull(signal: AbortSignal): Promise<boolean> {
    const holders = await this.leaseHolders({ signal });
    return holders.length >= this.maxLeases;
  }

  /** Undefined where everything is to be begun anew: the session is over, or the semaphore's znode is gone. */
  async #takeLease(
    session: Session,
    signal: AbortSignal,
    whenOccupied: WhenOccupied,
  ): Promise<Acquired | 'full' | undefined> {
    for (;;) {
      using wakeUp = new WakeUp(this.#keeper, session);
      try {
        const listed = session.childrenWatched(this.path, wakeUp.wake).then(({ names, unwatch }) => {
          wakeUp.watchedBy(unwatch);
          return names;
        });
        const names = await abortable(listed, signal);
        if (names.length < this.maxLeases) {
          const acquired = await this.#createLease(session, signal);
          if (acquired) return acquired;
        }
        if (whenOccupied === 'leave') return 'full';
        await wakeUp.wait(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (hasCode(error, 'NO_NODE') || session.ended.aborted) return undefined;
        if (!isRetryable(error)) throw error;
        // The same session may come back, with the place in the queue.
        await this.#keeper.usable(session, signal).catch(() => {
          signal.throwIfAborted();
        });
      }
    }
  }

  /**
   * Creates the lease, and keeps it if it is among the first. Two contenders can be at this point together only where
   * somebody deleted the znode of one of them in the lock's queue; then the later lease gives way.
   */
  async #createLease(session: Session, signal: AbortSignal): Promise<Acquired | undefined> {
    const node = new SessionNode(this.#keeper, session, { parentPath: this.path, data: this.id });
    let kept = false;
    try {
      await abortable(node.created(), signal);
      const grant = await abortable(node.grant(), signal);
      const leases = await abortable(readLeases(session, this.path), signal);
      const rank = leases.findIndex(({ name }) => name === node.name);
      kept = grant !== undefined && rank !== -1 && rank < this.maxLeases;
      return kept && grant ? { grant, leave: () => node.leave() } : undefined;
    } finally {
      if (!kept) await abortable(node.leave(), signal).catch(() => {});
    }
  }
}
