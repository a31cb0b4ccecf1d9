/** Stable codes of the errors of this library. */
export type MeasurementStoreErrorCode =
  'STORE_UNAVAILABLE' | 'TIME_SERIES_MISSING' | 'STORE_REJECTED' | 'INVALID_QUERY';

/** Base of all errors of this library. */
export class MeasurementStoreError extends Error {
  readonly code: MeasurementStoreErrorCode;

  constructor(code: MeasurementStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/**
 * Redis cannot be reached, did not answer in time, or answered that it cannot serve now (loading, read-only, full).
 * A write may have been stored all the same; sending it again is safe, since a tick is stored once.
 */
export class StoreUnavailableError extends MeasurementStoreError {
  constructor(
    message: string,
    options?: ErrorOptions,
    code: 'STORE_UNAVAILABLE' | 'TIME_SERIES_MISSING' = 'STORE_UNAVAILABLE',
  ) {
    super(code, message, options);
  }
}

/** The server answers, but is a Redis without RedisTimeSeries: nothing works until it is Redis 8 or loads the module. */
export class TimeSeriesMissingError extends StoreUnavailableError {
  constructor(answer: string, options?: ErrorOptions) {
    super(
      `The server has no RedisTimeSeries: use Redis 8, or a Redis that loads that module. It answered: ${answer}`,
      options,
      'TIME_SERIES_MISSING',
    );
  }
}

/** The store refuses this value for good, for example because its timestamp is older than the retention. */
export class StoreRejectedError extends MeasurementStoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_REJECTED', message, options);
  }
}

/** The query or an argument is out of range; a mistake of the caller. */
export class InvalidQueryError extends MeasurementStoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_QUERY', message, options);
  }
}
