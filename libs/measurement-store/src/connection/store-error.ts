import { types } from 'node:util';
import { codeOfErrorText, TimeSeriesError, type TimeSeriesErrorCode } from '@atalaya/redis-timeseries';
import {
  MeasurementStoreError,
  StoreRejectedError,
  StoreUnavailableError,
  TimeSeriesMissingError,
} from '../errors.js';
import { refusalOf } from './refusals.js';

/** Error codes that mean: this value can never be stored. */
const REJECTIONS: ReadonlySet<TimeSeriesErrorCode> = new Set(['OLDER_THAN_RETENTION', 'DUPLICATE_BLOCKED']);

/**
 * The store's error for whatever a command, or a connection, failed with. Mistakes of this program (`TypeError` and the
 * like) stay as they are; every other failure counts as "unavailable", since a value that is sent again is not lost.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof MeasurementStoreError) return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  if (!types.isNativeError(error)) return error;
  // What a Cluster says of all its nodes together is explained by what the last of them said.
  const { lastNodeError } = error as { lastNodeError?: unknown };
  if (types.isNativeError(lastNodeError)) return toStoreError(lastNodeError);
  if (error instanceof TimeSeriesError || error.name === 'ReplyError') {
    const text = replyTextOf(error);
    if (REJECTIONS.has(codeOfErrorText(text))) return new StoreRejectedError(error.message, { cause: error });
    return unavailableFor(text, { cause: error });
  }
  return new StoreUnavailableError(`The store cannot be reached: ${error.message}`, { cause: error });
}

/** The error for an error text that a script answered instead of failing. */
export function rejectionOf(text: string): MeasurementStoreError {
  return REJECTIONS.has(codeOfErrorText(text))
    ? new StoreRejectedError(`The store refuses the value: ${text}`)
    : unavailableFor(text);
}

/** Whether an error reply to a command of RedisTimeSeries shows that the server knows the command. */
export function isUnderstood(error: Error): boolean {
  return error instanceof TimeSeriesError && (error.code === 'KEY_NOT_FOUND' || error.code === 'WRONG_TYPE');
}

/** The reply itself, where the time series client put its command in front of it. */
function replyTextOf(error: Error): string {
  return error instanceof TimeSeriesError && error.cause instanceof Error
    ? error.cause.message
    : error.message;
}

function unavailableFor(text: string, options?: ErrorOptions): StoreUnavailableError {
  if (codeOfErrorText(text) === 'MODULE_MISSING') return new TimeSeriesMissingError(text, options);
  const refusal = refusalOf(text);
  return refusal === undefined
    ? new StoreUnavailableError(`The store answered with an error: ${text}`, options)
    : new StoreUnavailableError(`${refusal.summary} It answered: ${text}`, {
        ...options,
        code: refusal.code,
        summary: refusal.summary,
      });
}
