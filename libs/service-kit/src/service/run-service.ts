import { collectDefaultMetrics, Registry } from 'prom-client';
import type { z } from 'zod';
import { ConfigurationError, parseConfiguration, secretsIn } from '../configuration/parse-configuration.js';
import { messageOf } from '../errors/message-of.js';
import { HealthRegistry } from '../health/health-registry.js';
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from '../logging/logger.js';
import { secretMask } from '../secrets/mask-secrets.js';
import { within } from '../waiting/within.js';
import { StartupError } from './startup-error.js';

/** What a service sends a parent that opened an IPC channel once it has started. */
export const READY_MESSAGE = 'ready';

/** `EX_CONFIG` of sysexits.h: the configuration is not valid. */
const EXIT_CONFIGURATION = 78;

export interface ServiceContext {
  readonly logger: Logger;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly health: HealthRegistry;
  readonly metrics: Registry;
}

export interface RunningService {
  /** Ends the service gracefully; called once. */
  close(): Promise<void>;
}

export interface ServiceDefinition<Schema extends z.ZodObject> {
  name: string;
  /** One field per environment variable; a field `LOG_LEVEL` sets the log level. */
  schema: Schema;
  /** Second names of variables, by first name. */
  aliases?: Readonly<Record<string, string>>;
  start(configuration: Readonly<z.output<Schema>>, context: ServiceContext): Promise<RunningService>;
  /** How long {@link RunningService.close} may take before the process ends anyway, in ms; 10,000 by default. */
  closeTimeoutMs?: number;
}

/**
 * Runs a service as this process.
 *
 * The environment is parsed once: problems are written to standard error in one message and the process ends with exit
 * code 78. SIGTERM, SIGINT, and the loss of the IPC channel of a parent that opened one abort the context's signal,
 * await `close()` up to its cap and end the process with exit code 0; a second signal ends it at once. An error during
 * the start, an uncaught exception or an unhandled rejection is logged as fatal and ends it with exit code 1. Secrets of
 * the configuration are masked in every line of the log and in the reasons of readiness checks.
 */
export async function runService<Schema extends z.ZodObject>(
  definition: ServiceDefinition<Schema>,
): Promise<void> {
  const configuration = readConfiguration(definition);
  const mask = secretMask(secretsIn(definition.schema, configuration));
  const logger = createLogger({ name: definition.name, level: levelOf(configuration), mask });
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  const stop = new AbortController();
  const health = new HealthRegistry({ mask });

  const fail = (error: unknown): void => {
    logger.fatal(error instanceof StartupError ? {} : { err: error }, messageOf(error));
    process.exit(1);
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);

  const asked = new Promise<string>((resolve) => {
    const ask = (reason: string): void => {
      if (stop.signal.aborted) process.exit(1);
      stop.abort(new Error(`the process is asked to end (${reason})`));
      resolve(reason);
    };
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        ask(signal);
      });
    }
    process.once('disconnect', () => {
      if (!stop.signal.aborted) ask('the parent process is gone');
    });
  });

  try {
    const service = await definition.start(configuration, { logger, signal: stop.signal, health, metrics });
    process.send?.(READY_MESSAGE);
    const reason = await asked;
    logger.info({ reason }, 'ending');
    await within(definition.closeTimeoutMs ?? 10_000, service.close(), (timeoutMs) => {
      logger.error({ timeoutMs }, `the graceful end took longer than ${timeoutMs} ms and is cut short`);
    });
  } catch (error) {
    if (!stop.signal.aborted) fail(error);
  }
  logger.info('ended');
  process.exit(0);
}

function readConfiguration<Schema extends z.ZodObject>(
  definition: ServiceDefinition<Schema>,
): Readonly<z.output<Schema>> {
  try {
    // The one place where a service reads its environment.
    // eslint-disable-next-line no-restricted-properties -- every variable passes the schema here
    return parseConfiguration(definition.name, definition.schema, process.env, definition.aliases);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(EXIT_CONFIGURATION);
  }
}

function levelOf(configuration: Readonly<Record<string, unknown>>): LogLevel {
  return LOG_LEVELS.find((level) => level === configuration.LOG_LEVEL) ?? 'info';
}
