import { CoordinationError } from './coordination-error.js';

/** Why a lock or lease is not held any more; the `reason` of the {@link LockLostError}. */
export type LockEndReason =
  'released' | 'suspended' | 'session-lost' | 'lease-expired' | 'node-deleted' | 'closed';

/**
 * The lock or lease is not held any more, or cannot be proved to be: the `reason` of its signal, and what `confirm`
 * rejects with from then on. With `suspended`, `session-lost` and `lease-expired` nobody can say at that moment
 * whether the servers still count it as held.
 */
export class LockLostError extends CoordinationError {
  override readonly name = 'LockLostError';
  readonly reason: LockEndReason;

  constructor(reason: LockEndReason, path: string, cause?: unknown) {
    super('LOCK_LOST', `What was held under ${path} is not held any more: ${explanations[reason]}`, {
      path,
      cause,
    });
    this.reason = reason;
  }
}

const explanations: Record<LockEndReason, string> = {
  released: 'it was released',
  suspended: 'the connection to ZooKeeper is interrupted',
  'session-lost': 'the session is over',
  'lease-expired': 'no answer of ZooKeeper came within the lease, or the process stood still for longer',
  'node-deleted': 'its znode was deleted by somebody else',
  closed: 'the client was closed',
};
