import type { Contender } from '../queue/contenders.js';
import type { WaitOptions } from '../waiting/wait-options.js';
import type { Term } from './term.js';

/** Who takes part. */
export interface ElectionOptions {
  /** Name of this candidate, the data of its znode. */
  readonly id: string;
}

export interface RunOptions extends WaitOptions {
  /**
   * `stop` (default): a term ends at once when the connection is suspended. `continue`: it goes on while the lease
   * lasts, so that a short interruption does not change leaders.
   */
  readonly onSuspended?: 'stop' | 'continue' | undefined;
  /**
   * How long the work of an ended term is waited for before the znode is deleted all the same; `Infinity` for ever.
   * Default 5,000.
   */
  readonly workGraceMs?: number | undefined;
  /**
   * Part of the session timeout that the lease leaves unused. Default a third of it. `run` rejects with
   * `INVALID_ARGUMENT` where nothing would remain of the timeout that the servers negotiated.
   */
  readonly leaseMarginMs?: number | undefined;
}

/** Who leads, and with which fencing token. */
export interface Leader {
  readonly id: string;
  readonly token: bigint;
}

/** Does the leader's work; its promise settles soon after `term.signal` aborts. */
export type LeaderWork = (term: Term) => Promise<void> | void;

/**
 * An election in kazoo's lock protocol: candidates of this library and of kazoo's `Election` on one path elect one
 * leader among them.
 */
export interface Election {
  readonly id: string;
  readonly path: string;
  /** The current term, while this candidate leads. */
  readonly term: Term | undefined;
  /**
   * Takes part until the signal aborts: waits to be elected, does the work, gives the place free, waits again.
   * Resolves after the abort, when the own znode is gone; rejects with the error of the work where it fails on its
   * own account, and with `CLIENT_CLOSED` when the client is closed.
   */
  run(work: LeaderWork, options?: RunOptions): Promise<void>;
  /** The leader, then each change of it; null while there is none. Values that nobody waits for are passed over. */
  observe(options?: WaitOptions): AsyncIterableIterator<Leader | null>;
  /** All candidates in the order of their election, the leader first. */
  contenders(options?: WaitOptions): Promise<Contender[]>;
  /**
   * Ends the current term; this candidate queues again behind the others. Resolves when the place is given up; called
   * in the leader's own work, at once, since the place is given up after the work. Does nothing while it does not lead.
   */
  resign(options?: WaitOptions): Promise<void>;
  /**
   * Ends the current term in favour of the named candidate: the candidates before it are sent to the end of the
   * queue. Rejects with `CANDIDATE_NOT_FOUND` or `NOT_LEADING`, and then the term goes on. Resolves as {@link resign} does.
   */
  handOver(candidateId: string, options?: WaitOptions): Promise<void>;
}
