import { Cluster } from 'ioredis';
import { type RedisConnection } from './connection/bounded-connection.js';
import { type StoreUnavailableError } from './errors.js';
import { MAX_SENSORS_PER_STEP, SENSORS_PER_STEP } from './recording/report-plan.js';

/** As far as Kerberos lets clocks differ: more than clocks that somebody cares for do. */
const DEFAULT_MAX_AHEAD_MS = 300_000;

/** The part of a logger that the store uses; pino has this form. */
export interface StoreLogger {
  warn(details: object, message: string): void;
  debug(details: object, message: string): void;
}

/** Options of `MeasurementStore`. */
export interface MeasurementStoreOptions {
  /** How long raw values are kept, in ms, counted from the newest; 0 keeps all. */
  retentionMs: number;
  /** How far ahead of the server's clock the timestamp of a report may be, in ms; default 5 minutes. */
  maxAheadMs?: number | undefined;
  /** Longest wait for the connection and an answer of the server, in ms; default 2,000. */
  commandTimeoutMs?: number | undefined;
  /** Most operations that wait for the server at the same time, default 10,000; more fail at once. */
  maxPending?: number | undefined;
  /** Most groups; a report of one more is refused. No bound without it. */
  maxGroups?: number | undefined;
  /** Most sensors of a group, those included that left within the retention; no bound without it. */
  maxSensorsPerGroup?: number | undefined;
  /** Sensors that one atomic step stores, default 1,000, at most 2,500; more block the server for longer. */
  sensorsPerStep?: number | undefined;
  logger?: StoreLogger | undefined;
  /** Called with the reason of every operation that failed because the store is away or refuses to serve. */
  onUnavailable?: ((error: StoreUnavailableError) => void) | undefined;
}

type CheckedOptions = Readonly<
  Record<'retentionMs' | 'maxAheadMs' | 'commandTimeoutMs' | 'maxPending' | 'sensorsPerStep', number>
>;

/**
 * The numbers among the options, with their defaults.
 *
 * @throws RangeError for one out of its bounds
 * @throws TypeError for a connection whose keys or answers would be others than the store's
 */
export function checkedOptions(redis: RedisConnection, options: MeasurementStoreOptions): CheckedOptions {
  const { retentionMs, commandTimeoutMs = 2_000, maxPending = 10_000 } = options;
  const { maxAheadMs = DEFAULT_MAX_AHEAD_MS, sensorsPerStep = SENSORS_PER_STEP } = options;
  if (!Number.isSafeInteger(retentionMs) || retentionMs < 0) {
    throw new RangeError(`retentionMs ${retentionMs} is not a non-negative integer.`);
  }
  if (!Number.isSafeInteger(sensorsPerStep) || sensorsPerStep < 1 || sensorsPerStep > MAX_SENSORS_PER_STEP) {
    throw new RangeError(`sensorsPerStep ${sensorsPerStep} is not from 1 to ${MAX_SENSORS_PER_STEP}.`);
  }
  const { keyPrefix, replyMapping } =
    redis instanceof Cluster ? (redis.options.redisOptions ?? {}) : redis.options;
  if (keyPrefix !== undefined && keyPrefix !== '') {
    throw new TypeError('A connection with keyPrefix cannot be used; the names of the keys are fixed.');
  }
  // In ioredis it also reads doubles inexactly.
  if (replyMapping === 'resp3') {
    throw new TypeError(
      "A connection with replyMapping 'resp3' cannot be used; leave it out (RESP3 itself works).",
    );
  }
  return { retentionMs, maxAheadMs, commandTimeoutMs, maxPending, sensorsPerStep };
}
