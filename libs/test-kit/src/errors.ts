/** Stable codes of the errors that the test kit throws. */
export type TestKitErrorCode =
  | 'ABORTED'
  | 'CHROMIUM_MISSING'
  | 'CONDITION_NOT_MET'
  | 'FAULT_FAILED'
  | 'FOUR_LETTER_WORD_FAILED'
  | 'INSTALLATION_INVALID'
  | 'INVALID_OPTION'
  | 'JAVA_MISSING'
  | 'PORT_TAKEN'
  | 'PROCESS_ENDED'
  | 'SERVER_DIED'
  | 'SERVER_NOT_CONTROLLABLE'
  | 'SERVER_NOT_READY'
  | 'SERVER_NOT_RUNNING'
  | 'SESSION_NOT_RESUMED'
  | 'ZOOKEEPER_MISSING'
  | 'ZOOKEEPER_UNREACHABLE';

/** Base of every error that the test kit throws; tell errors apart by `code`, which never changes. */
export class TestKitError extends Error {
  override readonly name: string = 'TestKitError';

  constructor(
    readonly code: TestKitErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * The reason of an aborted signal as an error, for waits that end with it.
 *
 * @param what names the wait, for the message
 */
export function abortError(signal: AbortSignal, what: string): TestKitError {
  return new TestKitError('ABORTED', `${what} was aborted`, { cause: signal.reason });
}

/** The message of whatever was thrown. Errors are told by their shape: under Jest, Node's own come from another realm. */
export function messageOf(thrown: unknown): string {
  const message = (thrown as { readonly message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message : String(thrown);
}
