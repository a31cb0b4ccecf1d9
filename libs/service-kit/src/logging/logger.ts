import { type Logger, pino } from 'pino';
import { PinoPretty } from 'pino-pretty';
import { z } from 'zod';
import { maskSecrets } from '../secrets/mask-secrets.js';
import { describeError } from './describe-error.js';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Field of a configuration schema for `LOG_LEVEL`. */
export function logLevel(): z.ZodDefault<z.ZodEnum<z.core.util.ToEnum<LogLevel>>> {
  return z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info');
}

export interface LoggerOptions {
  name: string;
  level: LogLevel;
  /** Applied to every line; {@link maskSecrets} by default. */
  mask?: (text: string) => string;
}

/**
 * A logger that writes to standard output: JSON lines, or readable text where that is a terminal. Writes are
 * synchronous, so that nothing is lost when the process ends. Secrets are masked in every line; of an error its type,
 * message, stack and code are written, and not what else a library has put there, such as the arguments of a command.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { name, level, mask = maskSecrets } = options;
  const isTerminal = process.stdout.isTTY;
  const stream = isTerminal
    ? PinoPretty({ sync: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' })
    : pino.destination({ dest: 1, sync: true });
  return pino(
    {
      name,
      level,
      serializers: { err: describeError },
      ...(isTerminal ? {} : { timestamp: pino.stdTimeFunctions.isoTime }),
    },
    { write: (line: string) => void stream.write(mask(line)) },
  );
}
