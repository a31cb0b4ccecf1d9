import type { CoordinationErrorCode } from './error-codes.js';

/** What an error holds beside its code and message. */
export interface CoordinationErrorDetails {
  /** The znode the operation was about, as the caller named it (without the chroot). */
  readonly path?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Base class of every error this library throws by itself. An aborted wait rejects with the reason of its
 * `AbortSignal` instead, as Node's own functions do.
 *
 * Branch on `code`, which is stable, and ask {@link isRetryable} whether trying again can help.
 */
export class CoordinationError extends Error {
  override readonly name: string = 'CoordinationError';
  readonly code: CoordinationErrorCode;
  readonly path: string | undefined;

  constructor(code: CoordinationErrorCode, message: string, details: CoordinationErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
  }
}
