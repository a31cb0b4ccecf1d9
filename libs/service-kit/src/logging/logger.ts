import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { z } from 'zod';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Field of a configuration schema for `LOG_LEVEL`. */
export function logLevel(): z.ZodDefault<z.ZodEnum<z.core.util.ToEnum<LogLevel>>> {
  return z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info');
}

/**
 * A logger that writes to standard output: JSON lines, or readable text where that is a terminal. Writes are
 * synchronous, so that nothing is lost when the process ends.
 */
export function createLogger(options: { name: string; level: LogLevel }): Logger {
  const { name, level } = options;
  if (process.stdout.isTTY) {
    const stream = PinoPretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' });
    return pino({ name, level }, stream);
  }
  return pino(
    { name, level, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  );
}
