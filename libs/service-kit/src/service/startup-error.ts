/** A service cannot start for a reason outside its code; the message says what to do and is shown without a stack. */
export class StartupError extends Error {
  readonly code = 'STARTUP_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartupError';
  }
}
