/**
 * Why the store cannot serve. `STORE_UNAVAILABLE` is a server that is away, silent or busy; every other code is an answer
 * of the server that stays the same until somebody, or the end of a failover, changes its cause.
 */
export const UNAVAILABLE_CODES = [
  'STORE_UNAVAILABLE',
  'STORE_READ_ONLY',
  'STORE_FULL',
  'STORE_NOT_PERMITTED',
  'STORE_LOGIN_REFUSED',
  'STORE_WITHOUT_REPLICAS',
  'STORE_NOT_PERSISTING',
  'STORE_IS_CLUSTER',
  'TIME_SERIES_MISSING',
  'WRONG_KEY_TYPE',
] as const;
export type StoreUnavailableCode = (typeof UNAVAILABLE_CODES)[number];

/** Stable codes of the errors of this library. */
export type MeasurementStoreErrorCode =
  StoreUnavailableCode | 'STORE_REJECTED' | 'TIMESTAMP_AHEAD' | 'LIMIT_REACHED' | 'INVALID_QUERY';

/** Base of all errors of this library. */
export class MeasurementStoreError extends Error {
  readonly code: MeasurementStoreErrorCode;

  constructor(code: MeasurementStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Options of {@link StoreUnavailableError}. */
export interface StoreUnavailableOptions extends ErrorOptions {
  /** `STORE_UNAVAILABLE` without it. */
  code?: StoreUnavailableCode;
  /** What is wrong and what to do, without what the server answered; for those who may not see that. */
  summary?: string;
}

/**
 * Redis cannot be reached, did not answer in time, or answered that it cannot serve now; `code` says why.
 * A write may have been stored all the same; sending it again is safe, since a tick is stored once.
 */
export class StoreUnavailableError extends MeasurementStoreError {
  declare readonly code: StoreUnavailableCode;
  /** What is wrong and what to do, in one sentence; undefined for `STORE_UNAVAILABLE`. */
  readonly summary: string | undefined;

  constructor(message: string, options: StoreUnavailableOptions = {}) {
    const { code = 'STORE_UNAVAILABLE', summary, ...rest } = options;
    super(code, message, rest);
    this.summary = summary;
  }
}

/** The server answers, but is a Redis without RedisTimeSeries: nothing works until it is Redis 8 or loads the module. */
export class TimeSeriesMissingError extends StoreUnavailableError {
  constructor(answer: string, options?: ErrorOptions) {
    const summary = 'The server has no RedisTimeSeries: use Redis 8, or a Redis that loads that module.';
    super(`${summary} It answered: ${answer}`, { ...options, code: 'TIME_SERIES_MISSING', summary });
  }
}

/** The store refuses this value for good, for example because its timestamp is older than the retention. */
export class StoreRejectedError extends MeasurementStoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORE_REJECTED', message, options);
  }
}

/**
 * The timestamp is further ahead of the server's clock than is allowed: stored, it would put all older values out of the
 * retention. The same report can be stored once its time has come, or the clocks agree.
 */
export class TimestampAheadError extends MeasurementStoreError {
  readonly timestamp: number;
  /** The server's clock at the refusal, in ms. */
  readonly serverTimeMs: number;
  readonly maxAheadMs: number;

  constructor(refusal: { timestamp: number; serverTimeMs: number; maxAheadMs: number }) {
    const { timestamp, serverTimeMs, maxAheadMs } = refusal;
    super(
      'TIMESTAMP_AHEAD',
      `Timestamp ${timestamp} is ${timestamp - serverTimeMs} ms ahead of the store's clock (${serverTimeMs}); at most ` +
        `${maxAheadMs} ms are allowed. Timestamps are milliseconds since 1970: check the unit and the clock.`,
    );
    this.timestamp = timestamp;
    this.serverTimeMs = serverTimeMs;
    this.maxAheadMs = maxAheadMs;
  }
}

/** The report names a group, or sensors, beyond those that the store may hold; nothing of it was stored. */
export class LimitReachedError extends MeasurementStoreError {
  readonly of: 'groups' | 'sensors';
  readonly limit: number;

  constructor(refusal: {
    of: 'groups' | 'sensors';
    limit: number;
    known: number;
    group: string;
    added: number;
  }) {
    const { of, limit, known, group, added } = refusal;
    super(
      'LIMIT_REACHED',
      of === 'groups'
        ? `The group ${group} is new, and there are ${known} groups already; at most ${limit} are allowed. Clear some, ` +
            'or raise MAX_GROUPS.'
        : `${added} sensors are new to the group ${group}, which has ${known} already; at most ${limit} are allowed. ` +
            'Clear the group, let old ones expire, or raise MAX_SENSORS_PER_GROUP.',
    );
    this.of = of;
    this.limit = limit;
  }
}

/** The query or an argument is out of range; a mistake of the caller. */
export class InvalidQueryError extends MeasurementStoreError {
  constructor(message: string, options?: ErrorOptions) {
    super('INVALID_QUERY', message, options);
  }
}
