/** Where a sensor's value comes from. */
export interface Source {
  /** What is sampled, for logs: never with credentials, and short. */
  readonly description: string;
  /**
   * Whether each hosted sensor draws a value of its own. Otherwise there is one quantity to measure: it is read once per
   * interval and every sensor of the process reports it.
   */
  readonly perSensor: boolean;
  /**
   * One sample, a finite number.
   *
   * @throws {@link SourceError} or what the operating system or the network reports; rejects when `signal` aborts
   */
  read(signal: AbortSignal): Promise<number>;
}

/** A sample could not be taken; the message says what was found instead of a number. */
export class SourceError extends Error {
  readonly code = 'SOURCE_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
  }
}
