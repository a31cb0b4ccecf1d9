import { checkId, checkInteger, checkOptions } from '../arguments/arguments.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { departed } from '../ephemeral/departure.js';
import { assertZnodePath } from '../transport/znode-path.js';
import { abortable } from '../waiting/abortable.js';
import { deadlineSignal, waitTimeout } from '../waiting/deadline.js';
import type { LinkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
import type {
  BarrierPlace,
  BarrierWaitOptions,
  DoubleBarrier,
  DoubleBarrierOptions,
} from './double-barrier.js';
import { enterBarrier, type Entry } from './enter-barrier.js';
import { leaveBarrier } from './leave-barrier.js';

/** The double barrier: one entering or one place at a time. */
export class KazooDoubleBarrier implements DoubleBarrier {
  readonly id: string;
  readonly path: string;
  readonly size: number;
  readonly #keeper: SessionKeeper;
  #state: DoubleBarrier['state'] = 'outside';

  constructor(keeper: SessionKeeper, path: string, options: DoubleBarrierOptions) {
    assertZnodePath(path);
    const { id, size } = checkOptions(options, 'the options of a barrier');
    checkId(id);
    checkInteger(size, 'size', 1, Number.MAX_SAFE_INTEGER);
    this.#keeper = keeper;
    this.path = path;
    this.id = id;
    this.size = size;
  }

  get state(): DoubleBarrier['state'] {
    return this.#state;
  }

  async enter(options: BarrierWaitOptions = {}): Promise<BarrierPlace> {
    options.signal?.throwIfAborted();
    if (this.#state !== 'outside') {
      throw new CoordinationError(
        'NOT_REENTRANT',
        `This member is ${this.#state} already at ${this.path}: leave first, or ask the client for another object`,
        { path: this.path },
      );
    }
    using deadline = this.#deadline('The barrier', options);
    this.#state = 'entering';
    try {
      const entry = await enterBarrier(this.#keeper, this, deadline.signal);
      if (deadline.signal.aborted) {
        void entry.node.leave();
        throw deadline.signal.reason;
      }
      this.#state = 'inside';
      return this.#placeOf(entry);
    } finally {
      if (this.#state === 'entering') this.#state = 'outside';
    }
  }

  #placeOf(entry: Entry): BarrierPlace {
    const { node } = entry;
    const lost = new AbortController();
    const unlisten = onAbort(node.session.ended, () => {
      lost.abort(
        new CoordinationError(
          'BARRIER_LOST',
          `The place in the barrier ${this.path} is gone with its session`,
          {
            path: this.path,
            cause: node.session.ended.reason,
          },
        ),
      );
    });
    let given: Promise<void> | undefined;
    const withdraw = () => {
      unlisten();
      given ??= departed(this.#keeper, node.leave()).finally(() => {
        this.#state = 'outside';
      });
      return given;
    };
    let left: Promise<void> | undefined;
    const leave = async (options: BarrierWaitOptions = {}) => {
      using deadline = this.#deadline('The end of the others', options);
      left ??= this.#leave(entry, deadline.signal, withdraw);
      await abortable(left, deadline.signal);
    };
    return { signal: lost.signal, leave, withdraw, [Symbol.asyncDispose]: withdraw };
  }

  async #leave(entry: Entry, signal: AbortSignal, withdraw: () => Promise<void>): Promise<void> {
    if (this.#state === 'inside') this.#state = 'leaving';
    try {
      await leaveBarrier(this.#keeper, this.path, entry, signal);
    } catch (error) {
      // The place is given up in the background: a signal that aborts ends the wait at once.
      void withdraw();
      throw error;
    }
    await withdraw();
  }

  #deadline(subject: string, { signal, timeoutMs }: BarrierWaitOptions): LinkedSignal {
    return deadlineSignal({
      timeoutMs,
      expired: waitTimeout(subject, this.path),
      signals: [signal, this.#keeper.closing],
    });
  }
}
