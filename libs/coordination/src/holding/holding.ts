import type { Disposer } from '../waiting/disposer.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { leaseMargin } from './lease-margin.js';
import { Tenure } from './tenure.js';
import type { Grant } from '../ephemeral/grant.js';
import type { Confirmation, AcquireOptions, HeldLock } from './held-lock.js';
import { type TermEndReason, TermEndedError } from '../errors/term-ended-error.js';
import { onAbort } from '../waiting/on-abort.js';
import { departed } from '../ephemeral/departure.js';
import { LockLostError, type LockEndReason } from '../errors/lock-lost-error.js';

/** What becomes of the reasons for which a term ends by itself. */
const lossReasons: Partial<Record<TermEndReason, LockEndReason>> = {
  suspended: 'suspended',
  'session-lost': 'session-lost',
  'lease-expired': 'lease-expired',
  'node-deleted': 'node-deleted',
};

export interface HoldingOptions {
  readonly grant: Grant;
  readonly policy: Pick<AcquireOptions, 'onSuspended' | 'leaseMarginMs'>;
  /** Deletes the znode; resolves when it is gone, and never rejects. */
  readonly leave: () => Promise<void>;
  /** Called once, at the end of {@link HeldLock.release}. */
  readonly onReleased: () => void;
}

/** What a way to acquire resolves with: the grant, and how to give it back. */
export type Acquired = Pick<HoldingOptions, 'grant' | 'leave'>;

/** Whether those before are waited for. */
export type WhenOccupied = 'wait' | 'leave';

/**
 * Something held by an own ephemeral znode: lease, watch on the znode and confirmation are those of a term of
 * leadership, which a lock differs from in its end alone.
 */
export class Holding implements HeldLock {
  readonly id: string;
  readonly path: string;
  readonly token: bigint;
  readonly signal: AbortSignal;

  readonly #keeper: SessionKeeper;
  readonly #options: HoldingOptions;
  readonly #term: Tenure;
  readonly #controller = new AbortController();
  readonly #unlist: Disposer;
  #ending: LockEndReason | undefined;
  #released: Promise<void> | undefined;

  constructor(keeper: SessionKeeper, options: HoldingOptions) {
    const { grant, policy } = options;
    this.#keeper = keeper;
    this.#options = options;
    this.id = grant.id;
    this.path = grant.parentPath;
    this.token = grant.token;
    this.signal = this.#controller.signal;
    const leaseMarginMs = leaseMargin(policy.leaseMarginMs, grant.session.timeoutMs);
    // The client ends the session right after, which deletes the znode.
    this.#unlist = keeper.beforeClose(() => {
      this.#end('closed');
      return Promise.resolve();
    });
    this.#term = new Tenure(keeper, grant, {
      onSuspended: policy.onSuspended ?? 'stop',
      leaseMarginMs,
    });
    onAbort(this.#term.signal, () => {
      this.#unlist();
      this.#controller.abort(this.#loss());
    });
  }

  remainingMs(): number {
    return this.#term.remainingMs();
  }

  async confirm(options?: WaitOptions): Promise<Confirmation> {
    try {
      return await this.#term.confirm(options);
    } catch (error) {
      if (this.signal.aborted && error instanceof TermEndedError) throw this.signal.reason;
      throw error;
    }
  }

  release(): Promise<void> {
    this.#released ??= this.#release();
    return this.#released;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    this.#end('released');
    await departed(this.#keeper, this.#options.leave());
    this.#options.onReleased();
  }

  #end(reason: 'released' | 'closed'): void {
    this.#ending ??= reason;
    this.#term.end(reason === 'closed' ? 'closed' : 'resigned');
  }

  #loss(): LockLostError {
    const ended: unknown = this.#term.signal.reason;
    const lost = ended instanceof TermEndedError ? lossReasons[ended.reason] : undefined;
    return new LockLostError(
      lost ?? this.#ending ?? 'released',
      this.path,
      ended instanceof Error ? ended.cause : ended,
    );
  }
}
