import { type WireErrorCode } from './wire-error-codes.js';

/** When a request was sent and answered, by `performance.now()`, and what the server had seen by then. */
export interface Answer {
  /** The latest transaction that the server had applied; −1n where it does not say. */
  readonly zxid: bigint;
  /** Taken before the request was handed to the socket. */
  readonly sentAtMs: number;
  /** Taken when the bytes of the answer arrived, before they were decoded. */
  readonly answeredAtMs: number;
}

/** What an error says beside its code and message. */
export interface WireErrorDetails {
  /** The znode that the operation was about, as the caller named it (without the chroot). */
  readonly path?: string | undefined;
  /** There where a server answered with this error: proof that it heard of the session. */
  readonly answer?: Answer | undefined;
  readonly cause?: unknown;
}

/** Base class of every error that this package throws or passes on; branch on `code`, which is stable. */
export class WireError extends Error {
  override readonly name: string = 'WireError';
  readonly code: WireErrorCode;
  readonly path: string | undefined;
  readonly answer: Answer | undefined;

  constructor(code: WireErrorCode, message: string, details: WireErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.path = details.path;
    this.answer = details.answer;
  }
}
