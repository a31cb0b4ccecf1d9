import { codeOfErrorText, TimeSeriesError, type TimeSeriesErrorCode } from '@atalaya/redis-timeseries';
import {
  MeasurementStoreError,
  StoreRejectedError,
  StoreUnavailableError,
  TimeSeriesMissingError,
} from '../errors.js';

/** Error codes that mean: this value can never be stored. */
const REJECTIONS: ReadonlySet<TimeSeriesErrorCode> = new Set(['OLDER_THAN_RETENTION', 'DUPLICATE_BLOCKED']);

/**
 * The store's error for whatever a command failed with. Mistakes of this program (`TypeError` and the like) stay as
 * they are; every other failure counts as "unavailable", since a value that is sent again is not lost.
 */
export function toStoreError(error: unknown): unknown {
  if (error instanceof MeasurementStoreError) return error;
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return error;
  if (!(error instanceof Error)) return error;
  if (error instanceof TimeSeriesError || error.name === 'ReplyError') {
    const code = error instanceof TimeSeriesError ? error.code : codeOfErrorText(error.message);
    if (REJECTIONS.has(code)) return new StoreRejectedError(error.message, { cause: error });
    return unavailableFor(code, error.message, { cause: error });
  }
  return new StoreUnavailableError(`The store cannot be reached: ${error.message}`, { cause: error });
}

/** The error for an error text that a script answered instead of failing. */
export function rejectionOf(text: string): MeasurementStoreError {
  const code = codeOfErrorText(text);
  return REJECTIONS.has(code)
    ? new StoreRejectedError(`The store refuses the value: ${text}`)
    : unavailableFor(code, text);
}

function unavailableFor(
  code: TimeSeriesErrorCode,
  text: string,
  options?: ErrorOptions,
): StoreUnavailableError {
  if (code === 'MODULE_MISSING') return new TimeSeriesMissingError(text, options);
  const reason =
    code === 'NOT_PERMITTED'
      ? 'The store refuses the user of this connection, check its password'
      : 'The store answered with an error';
  return new StoreUnavailableError(`${reason}: ${text}`, options);
}
