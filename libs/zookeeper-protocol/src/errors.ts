/** Stable codes of what this package throws. */
export type ProtocolErrorCode =
  /** The bytes are no message of the protocol, or end too early. */
  | 'MALFORMED'
  /** A frame is longer than the reader accepts, or its length is negative. */
  | 'FRAME_TOO_LARGE'
  /** A text is not a list of servers. */
  | 'INVALID_CONNECT_STRING';

/** Every error that this package throws; tell them apart by `code`. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError';

  constructor(
    readonly code: ProtocolErrorCode,
    message: string,
  ) {
    super(message);
  }
}
