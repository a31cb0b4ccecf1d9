/** Base of every error this library throws; `code` is stable, the message is for people. */
export abstract class AnomalyDetectionError extends Error {
  abstract readonly code: string;

  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** An option does not exist, or is outside of what it may be. */
export class InvalidOptionError extends AnomalyDetectionError {
  readonly code = 'INVALID_OPTION';

  constructor(
    readonly option: string,
    message: string,
  ) {
    super(message);
  }

  /** @param allowed what the option may be, as a phrase that follows "must be" */
  static outOfRange(option: string, given: unknown, allowed: string): InvalidOptionError {
    const value = typeof given === 'string' ? JSON.stringify(given) : String(given);
    return new InvalidOptionError(option, `${option} must be ${allowed}, but is ${value}`);
  }

  static unknown(option: string, known: readonly string[]): InvalidOptionError {
    return new InvalidOptionError(option, `option "${option}" is unknown; there are ${known.join(', ')}`);
  }
}

/** Measurements of a range are not in the order of their timestamps, or one timestamp is there twice. */
export class UnorderedMeasurementsError extends AnomalyDetectionError {
  readonly code = 'UNORDERED_MEASUREMENTS';

  constructor(index: number, timestamp: number, previous: number) {
    super(
      `measurement ${index} has timestamp ${timestamp}, which is not after ${previous} of the one before it: ` +
        'pass the measurements oldest first, one for each timestamp',
    );
  }
}
