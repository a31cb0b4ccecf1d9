import { CoordinationError } from './coordination-error.js';
import type { CoordinationErrorCode } from './error-codes.js';

const retryableCodes: ReadonlySet<CoordinationErrorCode> = new Set([
  'CONNECTION_LOSS',
  'SESSION_EXPIRED',
  'CONNECT_TIMEOUT',
  'OVERLOADED',
]);

/**
 * Whether the same call can succeed later without anything else being changed. A write that failed so may have been
 * applied all the same: read before writing again where that matters.
 */
export function isRetryable(error: unknown): boolean {
  return error instanceof CoordinationError && retryableCodes.has(error.code);
}

/** Whether the error is one of this library with that code. */
export function hasCode(error: unknown, ...codes: CoordinationErrorCode[]): error is CoordinationError {
  return error instanceof CoordinationError && codes.includes(error.code);
}
