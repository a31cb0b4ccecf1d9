import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { measurementScripts, MeasurementStore } from '@atalaya/measurement-store';
import { type Logger, messageOf, StartupError } from '@atalaya/service-kit';
import { type Counter } from 'prom-client';
import { type Configuration } from '../configuration.js';
import { connectRedis, hostsOf } from './redis-urls.js';
import { failureReason } from './store-failures.js';
import { type WatchedStore } from './store-watch.js';

export interface OpenStore extends WatchedStore {
  readonly store: MeasurementStore;
  close(): Promise<void>;
}

/**
 * Opens the store of measurements: on the Redis of `REDIS_URL`, which need not be there yet, or on an embedded server
 * in this process, at a random loopback port and behind a random password.
 *
 * @throws {@link StartupError} when the embedded server cannot use its folder
 */
export async function openStore(
  configuration: Pick<
    Configuration,
    'REDIS_URL' | 'DATA_DIR' | 'RETENTION_MS' | 'MAX_AHEAD_MS' | 'MAX_GROUPS' | 'MAX_SENSORS_PER_GROUP'
  >,
  { logger, failures }: { logger: Logger; failures?: Counter<'reason'> | undefined },
): Promise<OpenStore> {
  const { REDIS_URL, DATA_DIR, RETENTION_MS: retentionMs, MAX_AHEAD_MS: maxAheadMs } = configuration;
  const server = REDIS_URL === undefined ? await startEmbeddedServer(resolve(DATA_DIR), logger) : undefined;
  const url = REDIS_URL ?? server?.url ?? '';
  const redis = connectRedis(url);
  let connectionProblem: Error | undefined;
  redis.on('error', (error: Error) => (connectionProblem = error));
  redis.on('ready', () => (connectionProblem = undefined));
  const store = new MeasurementStore(redis, {
    retentionMs,
    maxAheadMs,
    maxGroups: configuration.MAX_GROUPS,
    maxSensorsPerGroup: configuration.MAX_SENSORS_PER_GROUP,
    logger,
    onUnavailable: ({ code }) => failures?.inc({ reason: failureReason(code) }),
  });
  return {
    store,
    subject: REDIS_URL === undefined ? `the embedded time series in ${DATA_DIR}` : `Redis at ${hostsOf(url)}`,
    connectionProblem: () => connectionProblem,
    close: async () => {
      await store.close();
      redis.disconnect();
      await server?.close();
    },
  };
}

async function startEmbeddedServer(
  dataDir: string,
  logger: Logger,
): Promise<{ url: string; close(): Promise<void> }> {
  // Loaded only where it is used: its storage is native code.
  const { startEmbeddedTimeSeries } = await import('@atalaya/embedded-timeseries');
  try {
    return await startEmbeddedTimeSeries({
      dataDir,
      password: randomBytes(24).toString('base64url'),
      scripts: measurementScripts,
      logger,
    });
  } catch (error) {
    throw new StartupError(`The embedded time series cannot use ${dataDir}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
