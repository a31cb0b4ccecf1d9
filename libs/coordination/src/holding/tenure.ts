import type { Grant } from '../ephemeral/grant.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import { hasCode, isRetryable } from '../errors/is-retryable.js';
import { TermEndedError, type TermEndReason } from '../errors/term-ended-error.js';
import { abortable } from '../waiting/abortable.js';
import { DisposalScope } from '../waiting/disposal-scope.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
import { Lease } from './lease.js';
import type { Confirmation } from './held-lock.js';
import type { Term } from '../election/term.js';

export interface TenurePolicy {
  readonly onSuspended: 'stop' | 'continue';
  readonly leaseMarginMs: number;
}

/** A term from its grant to its end; everything that ends it comes together in {@link end}. */
export class Tenure implements Term {
  readonly token: bigint;
  readonly id: string;
  readonly signal: AbortSignal;

  readonly #keeper: SessionKeeper;
  readonly #grant: Grant;
  readonly #controller = new AbortController();
  readonly #lease: Lease;
  readonly #scope = new DisposalScope();
  readonly #startedAtMs = performance.now();
  #version: number;
  /** The watch on the own znode: the latest one alone, since each reconnection and each write sets another. */
  #ownWatch = new DisposalScope();
  #writes: Promise<unknown> = Promise.resolve();

  constructor(keeper: SessionKeeper, grant: Grant, policy: TenurePolicy) {
    this.#keeper = keeper;
    this.#grant = grant;
    this.#version = grant.version;
    this.token = grant.token;
    this.id = grant.id;
    this.signal = this.#controller.signal;
    const { session } = grant;
    this.#lease = new Lease({
      sessionTimeoutMs: session.timeoutMs,
      marginMs: policy.leaseMarginMs,
      contact: grant.contact,
      onLapse: () => {
        this.end('lease-expired');
      },
      onRenewed: (headroomMs) => {
        keeper.meter.observe('leaseHeadroomMs', headroomMs);
      },
    });
    this.#scope.add(keeper.holdLease(grant.nodePath));
    this.#scope.add(
      session.onQuorumContact((contact) => {
        this.#lease.renew(contact);
      }),
    );
    this.#scope.add(
      keeper.onState((state) => {
        if (state === 'suspended' && policy.onSuspended === 'stop') this.end('suspended');
        else if (state === 'lost') this.end('session-lost');
        else if (state === 'connected') this.#watchOwnNode();
      }),
    );
    this.#scope.add(
      onAbort(session.ended, () => {
        this.end('session-lost');
      }),
    );
    if (keeper.state !== 'connected' && policy.onSuspended === 'stop') this.end('suspended');
    this.#lease.remainingMs();
    this.#watchOwnNode();
  }

  remainingMs(): number {
    return this.signal.aborted ? 0 : this.#lease.remainingMs();
  }

  async confirm({ signal }: WaitOptions = {}): Promise<Confirmation> {
    // One after the other: each write names the version that the one before it left.
    const write = this.#writes.then(() => this.#confirm());
    this.#writes = write.catch(() => {});
    using either = linkedSignal(this.signal, signal);
    const confirmation = await abortable(write, either.signal);
    if (this.remainingMs() === 0) this.signal.throwIfAborted();
    return confirmation;
  }

  /** Ends the term, once: the first reason counts. */
  end(reason: TermEndReason, cause?: unknown): void {
    if (this.signal.aborted) return;
    this.#scope[Symbol.dispose]();
    this.#ownWatch[Symbol.dispose]();
    this.#lease.end();
    this.#keeper.meter.observe('termLengthMs', performance.now() - this.#startedAtMs);
    this.#controller.abort(new TermEndedError(reason, this.#grant.parentPath, cause));
  }

  /** Somebody may delete the leader's znode, as a hand-over of another tool does: the next one is then elected. */
  #watchOwnNode(): void {
    if (this.signal.aborted) return;
    const { session, nodePath } = this.#grant;
    this.#ownWatch[Symbol.dispose]();
    const watch = new DisposalScope();
    this.#ownWatch = watch;
    session
      .getWatched(nodePath, () => {
        this.#watchOwnNode();
      })
      .then(({ unwatch }) => {
        watch.add(unwatch);
      })
      .catch((error: unknown) => {
        if (hasCode(error, 'NO_NODE')) this.end('node-deleted', error);
        // Anything else is the connection, whose state is reported on its own; the watch is set again when it is back.
      });
  }

  async #confirm(): Promise<Confirmation> {
    const { session, nodePath } = this.#grant;
    for (;;) {
      this.signal.throwIfAborted();
      try {
        const stat = await session.set(nodePath, Buffer.from(this.id), this.#version);
        this.#version = stat.version;
        return { serverTimeMs: stat.mtimeMs };
      } catch (error) {
        if (hasCode(error, 'NO_NODE')) this.end('node-deleted', error);
        // Written by an earlier attempt whose reply was lost, or by somebody else: the znode itself shows which.
        else if (hasCode(error, 'BAD_VERSION')) await this.#readVersion();
        else if (isRetryable(error)) await this.#keeper.usable(session, this.signal);
        else throw error;
      }
    }
  }

  async #readVersion(): Promise<void> {
    const { session, nodePath } = this.#grant;
    try {
      const { stat } = await session.get(nodePath);
      this.#version = stat.version;
      if (stat.ephemeralOwner !== session.id) this.end('node-deleted');
    } catch (error) {
      if (hasCode(error, 'NO_NODE')) this.end('node-deleted', error);
      else if (!isRetryable(error)) throw error;
    }
  }
}
