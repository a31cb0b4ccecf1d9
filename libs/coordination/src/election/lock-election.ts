import { AsyncLocalStorage } from 'node:async_hooks';
import { checkFunction, checkId, checkMilliseconds, checkOptions } from '../arguments/arguments.js';
import { repeated } from '../connection/repeated.js';
import { checkLeaseMargin, leaseMargin } from '../holding/lease-margin.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { SessionKeeper } from '../connection/session-keeper.js';
import { CoordinationError } from '../errors/coordination-error.js';
import { hasCode } from '../errors/is-retryable.js';
import { TermEndedError } from '../errors/term-ended-error.js';
import { retryDelayMs } from '../retry/retry-policy.js';
import { assertZnodePath, joinPath } from '../transport/znode-path.js';
import { abortable, delay, reasonOf, settledWithin } from '../waiting/abortable.js';
import { deferred, type Deferred } from '../waiting/deferred.js';
import { linkedSignal } from '../waiting/linked-signal.js';
import { onAbort } from '../waiting/on-abort.js';
import { Place } from '../queue/place.js';
import { readContenders, type Contender } from '../queue/contenders.js';
import type { Election, ElectionOptions, Leader, LeaderWork, RunOptions } from './election.js';
import { Tenure } from '../holding/tenure.js';
import { lockProtocol } from '../queue/lock-node.js';
import { observeLeader } from './observe-leader.js';
import type { Term } from './term.js';

const defaultWorkGraceMs = 5_000;
/** A term shorter than this, ended by its own work, is followed by a pause: work that returns at once must not spin. */
const briefTermMs = 1_000;
/** How long an aborted run waits for its znode to be deleted by a server that is slow to answer. */
const departureMs = 3_000;

interface Incumbency {
  readonly term: Tenure;
  readonly nodePath: string;
  /** Settles when the work has ended and the znode is gone. */
  readonly over: Deferred<undefined>;
  /** Deletions to be made between the end of the work and that of the own znode. */
  beforeLeaving?: (stop: AbortSignal) => Promise<void>;
}

/** Which work a call comes from: one that waits for the end of that very work would wait for itself. */
const ownWork = new AsyncLocalStorage<Incumbency>();

function isOwnWork(incumbency: Incumbency | undefined): boolean {
  return incumbency !== undefined && ownWork.getStore() === incumbency;
}

/**
 * The election as one loop: join the queue, wait to be first, work, leave, join again. Each transition is awaited
 * before the next one begins, so an answer can never meet a later state than the one it was asked in.
 */
export class LockElection implements Election {
  readonly id: string;
  readonly path: string;
  readonly #keeper: SessionKeeper;
  #incumbency: Incumbency | undefined;
  #running = false;

  constructor(keeper: SessionKeeper, path: string, options: ElectionOptions) {
    assertZnodePath(path);
    this.#keeper = keeper;
    this.path = path;
    this.id = checkId(checkOptions(options, 'the options of an election').id);
  }

  get term(): Term | undefined {
    return this.#incumbency?.term;
  }

  async run(work: LeaderWork, options: RunOptions = {}): Promise<void> {
    checkFunction(work, 'work');
    const { workGraceMs = defaultWorkGraceMs, leaseMarginMs } = options;
    checkMilliseconds(workGraceMs, 'workGraceMs', { min: 0, orInfinity: true });
    if (leaseMarginMs !== undefined) checkLeaseMargin(leaseMarginMs);
    if (this.#running) {
      throw new CoordinationError(
        'INVALID_ARGUMENT',
        `This election object runs already: ask the client for another one to add a candidate under ${this.path}`,
        { path: this.path },
      );
    }
    this.#running = true;
    const done = deferred<undefined>();
    const unlist = this.#keeper.beforeClose(async () => {
      const incumbency = this.#incumbency;
      incumbency?.term.end('closed');
      if (!isOwnWork(incumbency)) await done.promise;
    });
    using stop = linkedSignal(options.signal, this.#keeper.closing);
    try {
      await this.#takePart(work, options, stop.signal);
    } catch (error) {
      if (!stop.signal.aborted || error instanceof WorkFailure) throw unwrapped(error);
      if (!options.signal?.aborted) throw reasonOf(stop.signal);
    } finally {
      this.#running = false;
      unlist();
      done.resolve(undefined);
    }
  }

  observe(options: WaitOptions = {}): AsyncIterableIterator<Leader | null> {
    return observeLeader(this.#keeper, this.path, options);
  }

  contenders({ signal }: WaitOptions = {}): Promise<Contender[]> {
    return repeated(this.#keeper, signal, (session) => readContenders(session, this.path));
  }

  async resign({ signal }: WaitOptions = {}): Promise<void> {
    const incumbency = this.#incumbency;
    if (!incumbency) return;
    incumbency.term.end('resigned');
    await this.#over(incumbency, signal);
  }

  async handOver(candidateId: string, options: WaitOptions = {}): Promise<void> {
    const incumbency = this.#incumbency;
    if (!incumbency || incumbency.term.signal.aborted) {
      throw new CoordinationError(
        'NOT_LEADING',
        `${this.id} does not lead under ${this.path}, so it cannot hand over`,
        {
          path: this.path,
        },
      );
    }
    const contenders = await this.contenders(options);
    const heir = contenders.find(
      ({ id, node }) => id === candidateId && joinPath(this.path, node) !== incumbency.nodePath,
    );
    if (!heir) {
      throw new CoordinationError(
        'CANDIDATE_NOT_FOUND',
        `No other candidate "${candidateId}" waits under ${this.path}; waiting are: ` +
          (contenders
            .slice(1)
            .map(({ id }) => id)
            .join(', ') || 'none'),
        { path: this.path },
      );
    }
    incumbency.beforeLeaving = (stop) => this.#clearTheWay(incumbency.nodePath, heir.node, stop);
    incumbency.term.end('handed-over');
    await this.#over(incumbency, options.signal);
  }

  /** Waits until the place is given up; not in the work itself, whose own end would then wait for itself. */
  async #over(incumbency: Incumbency, signal: AbortSignal | undefined): Promise<void> {
    if (!isOwnWork(incumbency)) await abortable(incumbency.over.promise, signal);
  }

  async #takePart(work: LeaderWork, options: RunOptions, stop: AbortSignal): Promise<void> {
    for (let failures = 0; ;) {
      const session = await this.#keeper.session(stop);
      const candidacy = new Place(this.#keeper, session, {
        path: this.path,
        id: this.id,
        protocol: lockProtocol,
      });
      let pauseMs = 0;
      try {
        const outcome = await candidacy.elected(stop);
        if (outcome.elected === true) {
          if (outcome.predecessorGoneAtMs !== undefined) {
            this.#keeper.meter.observe(
              'timeWithoutLeaderMs',
              performance.now() - outcome.predecessorGoneAtMs,
            );
          }
          const { nodePath } = outcome.grant;
          const term = new Tenure(this.#keeper, outcome.grant, {
            onSuspended: options.onSuspended ?? 'stop',
            leaseMarginMs: leaseMargin(options.leaseMarginMs, session.timeoutMs),
          });
          const incumbency: Incumbency = { term, nodePath, over: deferred() };
          this.#incumbency = incumbency;
          const startedAtMs = performance.now();
          try {
            await this.#lead(work, incumbency, options.workGraceMs ?? defaultWorkGraceMs, stop);
            await incumbency.beforeLeaving?.(stop);
          } finally {
            await this.#depart(candidacy, stop);
            this.#incumbency = undefined;
            incumbency.over.resolve(undefined);
          }
          const reason: unknown = term.signal.reason;
          failures = 0;
          const spins = reason instanceof TermEndedError && reason.reason === 'work-finished';
          if (spins && performance.now() - startedAtMs < briefTermMs)
            pauseMs = retryDelayMs(this.#keeper.retry, 1);
        } else {
          failures += 1;
          pauseMs = failures > 1 ? retryDelayMs(this.#keeper.retry, failures - 1) : 0;
        }
      } finally {
        await this.#depart(candidacy, stop);
      }
      stop.throwIfAborted();
      if (pauseMs > 0) await delay(pauseMs, stop);
    }
  }

  /** From the grant to the end of the work, which is waited for at most `graceMs` after the end of the term. */
  async #lead(work: LeaderWork, incumbency: Incumbency, graceMs: number, stop: AbortSignal): Promise<void> {
    const { term } = incumbency;
    const onStop = () => {
      term.end(this.#keeper.closing.aborted ? 'closed' : 'aborted');
    };
    const unlisten = onAbort(stop, onStop);
    this.#keeper.logger.info({ path: this.path, id: this.id, token: String(term.token) }, 'Elected leader');
    const working = (async () => {
      if (!term.signal.aborted) await ownWork.run(incumbency, () => work(term));
    })();
    const ended = new Promise<void>((resolve) => {
      onAbort(term.signal, resolve);
    });
    try {
      await Promise.race([working, ended]);
      // The work returned on its own account while the term lasted.
      term.end('work-finished');
      if (!(await settledWithin(working, graceMs))) {
        this.#keeper.logger.warn(
          { path: this.path, id: this.id, graceMs },
          'The work of an ended term goes on; its place is given up all the same, and its token will be refused',
        );
        return;
      }
      await working;
    } catch (error) {
      const failedInOffice = !term.signal.aborted;
      term.end('work-finished', error);
      if (failedInOffice) throw new WorkFailure(error);
      // An error of work that was asked to stop is as a rule the reason it was given.
      this.#keeper.logger.debug({ err: error, path: this.path }, 'The work of an ended term failed');
    } finally {
      unlisten();
      const reason: unknown = term.signal.reason;
      this.#keeper.logger.info(
        {
          path: this.path,
          id: this.id,
          token: String(term.token),
          reason: reason instanceof TermEndedError ? reason.reason : undefined,
        },
        'Leadership ended',
      );
    }
  }

  /**
   * Waits until the znode is gone. When the run is to end, the wait is short, and none without a connection: the
   * deletion then goes on in the background, or the end of the session makes it needless.
   */
  async #depart(candidacy: Place, stop: AbortSignal): Promise<void> {
    const left = candidacy.leave();
    try {
      await abortable(left, stop);
    } catch {
      if (this.#keeper.state === 'connected') await settledWithin(left, departureMs);
    }
  }

  /**
   * Sends the candidates between the leader and its heir to the end of the queue by deleting their znodes, which each
   * of them notices and joins anew. Nobody can be elected meanwhile: the own znode is still first.
   */
  async #clearTheWay(ownPath: string, heir: string, stop: AbortSignal): Promise<void> {
    try {
      const session = await this.#keeper.session(stop);
      const contenders = await abortable(readContenders(session, this.path), stop);
      const own = contenders.findIndex(({ node }) => joinPath(this.path, node) === ownPath);
      const target = contenders.findIndex(({ node }) => node === heir);
      if (own === -1 || target === -1) return;
      for (const { node } of contenders.slice(own + 1, target)) {
        const deleted = session.delete(joinPath(this.path, node)).catch((error: unknown) => {
          if (!hasCode(error, 'NO_NODE')) throw error;
        });
        await abortable(deleted, stop);
      }
    } catch (error) {
      this.#keeper.logger.warn(
        { err: error, path: this.path },
        'A hand-over could not clear the way for its candidate',
      );
    }
  }
}

/** Marks an error of the caller's work on its way out of the loop. */
class WorkFailure extends Error {
  constructor(cause: unknown) {
    super('The work of a leader failed', { cause });
  }
}

function unwrapped(error: unknown): unknown {
  return error instanceof WorkFailure ? error.cause : error;
}
