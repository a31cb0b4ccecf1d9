import { CoordinationError } from './coordination-error.js';

/**
 * A transaction was not applied, none of its steps: its `code` is that of the first step that failed, `index` the
 * number of that step.
 */
export class TransactionError extends CoordinationError {
  override readonly name = 'TransactionError';
  readonly index: number;
  /** By step: its error; undefined for one that would have been applied, or was not tried any more. */
  readonly errors: readonly (CoordinationError | undefined)[];

  constructor(index: number, errors: readonly (CoordinationError | undefined)[]) {
    const cause = errors[index];
    super(
      cause?.code ?? 'OPERATION_FAILED',
      `The transaction was not applied, because of step ${index}: ${cause?.message ?? 'it failed'}`,
      { path: cause?.path, cause },
    );
    this.index = index;
    this.errors = errors;
  }
}
