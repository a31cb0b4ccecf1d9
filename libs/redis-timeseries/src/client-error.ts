import { codeOfErrorText, TimeSeriesError } from './errors.js';

/** The typed form of an error reply; any other error, for example of a lost connection, as it is. */
export function asTimeSeriesError(error: unknown, command: string): unknown {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return error;
  return new TimeSeriesError(codeOfErrorText(error.message), `${command}: ${error.message}`, {
    cause: error,
    command,
  });
}
