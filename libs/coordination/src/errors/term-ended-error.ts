import { CoordinationError } from './coordination-error.js';

/** Why a term is over; the `reason` of the term's {@link TermEndedError}. */
export type TermEndReason =
  | 'suspended'
  | 'session-lost'
  | 'lease-expired'
  | 'node-deleted'
  | 'work-finished'
  | 'resigned'
  | 'handed-over'
  | 'aborted'
  | 'closed';

/** The term of leadership is over: the `reason` of a term's signal, and what `confirm` rejects with from then on. */
export class TermEndedError extends CoordinationError {
  override readonly name = 'TermEndedError';
  readonly reason: TermEndReason;

  constructor(reason: TermEndReason, path: string, cause?: unknown) {
    super('TERM_ENDED', `The term of leadership under ${path} is over: ${explanations[reason]}`, {
      path,
      cause,
    });
    this.reason = reason;
  }
}

const explanations: Record<TermEndReason, string> = {
  suspended: 'the connection to ZooKeeper is interrupted',
  'session-lost': 'the session is over',
  'lease-expired': 'no answer of ZooKeeper came within the lease, or the process stood still for longer',
  'node-deleted': "the leader's znode was deleted by somebody else",
  'work-finished': 'its work is done',
  resigned: 'this candidate resigned',
  'handed-over': 'it was handed over to another candidate',
  aborted: 'the signal of the run was aborted',
  closed: 'the client was closed',
};
