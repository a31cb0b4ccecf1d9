import type { Confirmation } from '../holding/held-lock.js';
import type { WaitOptions } from '../waiting/wait-options.js';

/** One term of leadership. */
export interface Term {
  /** Fencing token: the czxid of the leader's znode. It grows from term to term; sinks refuse a smaller one. */
  readonly token: bigint;
  /** The candidate's id. */
  readonly id: string;
  /** Aborts at the end of the term with a {@link TermEndedError} as its reason. */
  readonly signal: AbortSignal;
  /**
   * Milliseconds for which no other term can begin, as far as the own clock can tell; 0 when the term is over. Ask
   * immediately before every side effect.
   */
  remainingMs(): number;
  /**
   * Proves leadership by a conditional write on the own znode, and returns ZooKeeper's clock at that write. Rejects
   * with a {@link TermEndedError} when the term is over.
   */
  confirm(options?: WaitOptions): Promise<Confirmation>;
}
