import { pino } from 'pino';

/**
 * What a log line holds of an error: type, message, stack with those of its causes, and code. Not what else a library has
 * put there: an error of a Redis client has the command's arguments, and with them a password or all values of a report.
 */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = pino.stdSerializers.err(error);
  const { code } = error as { code?: unknown };
  return { type, message, stack, ...(typeof code === 'string' ? { code } : {}) };
}
