import { type Answer, WireError } from './wire-error.js';

/** A multi of which nothing was applied, since one of its parts failed. `code` and `path` are that part's. */
export class MultiError extends WireError {
  override readonly name = 'MultiError';
  /** Index of the part that failed. */
  readonly index: number;
  /** An error for each part, in order; `ROLLED_BACK` for those that failed only because of another. */
  readonly errors: readonly WireError[];

  /** @param failed the error at the index */
  constructor(errors: readonly WireError[], index: number, failed: WireError, answer: Answer) {
    super(failed.code, `Nothing of the multi was applied, since part ${index} failed: ${failed.message}`, {
      path: failed.path,
      answer,
      cause: failed,
    });
    this.errors = errors;
    this.index = index;
  }
}
