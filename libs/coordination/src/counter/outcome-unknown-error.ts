import { CoordinationError } from '../errors/coordination-error.js';

/** The connection broke during a write, and what is in ZooKeeper no longer shows whether it was applied. */
export class OutcomeUnknownError extends CoordinationError {
  override readonly name = 'OutcomeUnknownError';
  /** The value that was, or was not, written. */
  readonly attempted: bigint;

  constructor(path: string, attempted: bigint, why: string, cause: unknown) {
    super(
      'OUTCOME_UNKNOWN',
      `Whether ${path} became ${attempted} is not known: the connection broke during the write, and ${why}. ` +
        'Change it again only if one change too many does less harm than one too few',
      { path, cause },
    );
    this.attempted = attempted;
  }
}
