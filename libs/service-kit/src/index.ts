export {
  acceptedBy,
  booleanFlag,
  durationMs,
  httpUrl,
  integer,
  nonEmptyText,
  port,
  secret,
  zookeeperAuth,
  zookeeperTransport,
} from './configuration/fields.js';
export { ConfigurationError, parseConfiguration } from './configuration/parse-configuration.js';
export { messageOf } from './errors/message-of.js';
export { type HealthReport, HealthRegistry, type ReadinessCheck } from './health/health-registry.js';
export { type HealthServer, type HealthServerOptions, startHealthServer } from './health/health-server.js';
export { Episode } from './logging/episode.js';
export {
  createLogger,
  type Logger,
  type LoggerOptions,
  LOG_LEVELS,
  type LogLevel,
  logLevel,
} from './logging/logger.js';
export { OutageReporter, type OutageReporterOptions } from './logging/outage-reporter.js';
export { labelledCounter, type LabelledCounterOptions } from './metrics/labelled-counter.js';
export { maskSecrets, secretMask } from './secrets/mask-secrets.js';
export {
  READY_MESSAGE,
  type RunningService,
  runService,
  type ServiceContext,
  type ServiceDefinition,
} from './service/run-service.js';
export { StartupError } from './service/startup-error.js';
export { openFilesLimit } from './service/open-files-limit.js';
export { within } from './waiting/within.js';
