import type { SessionKeeper } from '../connection/session-keeper.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { deadlineSignal, waitTimeout } from '../waiting/deadline.js';
import { checkFunction } from '../arguments/arguments.js';
import { Holding, type Acquired, type WhenOccupied } from './holding.js';
import { checkLeaseMargin } from './lease-margin.js';
import type { AcquireOptions, LockState } from './held-lock.js';

export interface AcquirableOptions {
  /** For errors: `the lock`. */
  readonly subject: string;
  readonly path: string;
  /**
   * Waits for it, or resolves with undefined where it would have to; rejects with the signal's reason. Where it does not
   * resolve with a grant it leaves nothing behind.
   */
  readonly acquire: (signal: AbortSignal, whenOccupied: WhenOccupied) => Promise<Acquired | undefined>;
}

/** The state of an object that holds one thing at a time: `idle`, `waiting`, `held`, `lost` and back. */
export class Acquirable {
  readonly #keeper: SessionKeeper;
  readonly #options: AcquirableOptions;
  #waiting = false;
  #held: Holding | undefined;

  constructor(keeper: SessionKeeper, options: AcquirableOptions) {
    this.#keeper = keeper;
    this.#options = options;
  }

  get held(): Holding | undefined {
    return this.#held;
  }

  get state(): LockState {
    if (this.#held) return this.#held.signal.aborted ? 'lost' : 'held';
    return this.#waiting ? 'waiting' : 'idle';
  }

  async acquire(options: AcquireOptions = {}): Promise<Holding> {
    for (;;) {
      const held = await this.#acquire(options, 'wait');
      // Undefined stands for "occupied", which is waited out.
      if (held) return held;
    }
  }

  tryAcquire(options: AcquireOptions = {}): Promise<Holding | undefined> {
    return this.#acquire(options, 'leave');
  }

  async run<T>(work: (held: Holding) => Promise<T> | T, options: AcquireOptions = {}): Promise<T> {
    checkFunction(work, 'work');
    await using held = await this.acquire(options);
    return await work(held);
  }

  async #acquire(options: AcquireOptions, whenOccupied: WhenOccupied): Promise<Holding | undefined> {
    const { subject, path } = this.#options;
    options.signal?.throwIfAborted();
    if (this.state !== 'idle') throw this.#notReentrant();
    if (options.leaseMarginMs !== undefined) checkLeaseMargin(options.leaseMarginMs);
    using deadline = deadlineSignal({
      timeoutMs: options.timeoutMs,
      expired: waitTimeout(subject, path),
      signals: [options.signal, this.#keeper.closing],
    });
    this.#waiting = true;
    try {
      return await this.#untilHeld(options, deadline.signal, whenOccupied);
    } finally {
      this.#waiting = false;
    }
  }

  async #untilHeld(
    policy: AcquireOptions,
    signal: AbortSignal,
    whenOccupied: WhenOccupied,
  ): Promise<Holding | undefined> {
    for (;;) {
      const acquired = await this.#options.acquire(signal, whenOccupied);
      if (!acquired) return undefined;
      // The last thing that can come in between: aborted in the same turn of the event loop as the grant.
      if (signal.aborted) {
        void acquired.leave();
        throw signal.reason;
      }
      const holding = this.#hold(acquired, policy);
      if (!holding.signal.aborted) {
        this.#held = holding;
        return holding;
      }
      // Granted and cut off in the same moment: nobody has heard of it yet.
      void holding.release();
    }
  }

  #hold(acquired: Acquired, policy: AcquireOptions): Holding {
    try {
      const holding: Holding = new Holding(this.#keeper, {
        ...acquired,
        policy,
        onReleased: () => {
          if (this.#held === holding) this.#held = undefined;
        },
      });
      return holding;
    } catch (error) {
      // A policy that does not fit the negotiated session timeout.
      void acquired.leave();
      throw error;
    }
  }

  #notReentrant(): CoordinationError {
    const { subject, path } = this.#options;
    const why = {
      idle: '',
      waiting: 'this object waits for it already',
      held: 'this object holds it already',
      lost: 'this object held it, lost it, and has not released it yet',
    }[this.state];
    return new CoordinationError(
      'NOT_REENTRANT',
      `${subject} under ${path} cannot be acquired now: ${why}. Release it first, or ask the client for another object`,
      { path },
    );
  }
}
