import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { measurementScripts, MeasurementStore } from '@atalaya/measurement-store';
import { type Logger, StartupError } from '@atalaya/service-kit';
import { Cluster, Redis } from 'ioredis';
import { type Configuration } from '../configuration.js';
import { type WatchedStore } from './store-watch.js';

/** Longest time between two attempts to reach Redis, in ms: an outage of any length ends within this. */
const MAX_RECONNECT_DELAY_MS = 2_000;

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
  configuration: Pick<Configuration, 'REDIS_URL' | 'DATA_DIR' | 'RETENTION_MS'>,
  logger: Logger,
): Promise<OpenStore> {
  const { REDIS_URL, DATA_DIR, RETENTION_MS: retentionMs } = configuration;
  const server = REDIS_URL === undefined ? await startEmbeddedServer(resolve(DATA_DIR), logger) : undefined;
  const url = REDIS_URL ?? server?.url ?? '';
  const redis = connectRedis(url);
  let connectionProblem: Error | undefined;
  redis.on('error', (error: Error) => (connectionProblem = error));
  redis.on('ready', () => (connectionProblem = undefined));
  const store = new MeasurementStore(redis, { retentionMs, logger });
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
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The embedded time series cannot use ${dataDir}: ${reason}`, { cause: error });
  }
}

/** Connects in the background, again and again, with an `error` event for each failure; the store bounds how long a command waits for that. */
function connectRedis(urls: string): Redis | Cluster {
  const options = {
    // What was on its way when the connection broke fails at once and is not sent a second time: who sent it decides.
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: reconnectDelayMs,
  };
  const [first = '', ...others] = urls.split(',');
  return others.length === 0
    ? new Redis(first, options)
    : new Cluster([first, ...others], {
        redisOptions: { ...options, ...credentialsOf(first) },
        clusterRetryStrategy: reconnectDelayMs,
      });
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS);
}

/** ioredis takes the credentials of a cluster's nodes from the options and not from the URLs. */
function credentialsOf(url: string): { username?: string; password?: string; tls?: object } {
  const { username, password, protocol } = new URL(url);
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

/** The hosts of URLs, without credentials. */
function hostsOf(urls: string): string {
  return urls
    .split(',')
    .map((url) => new URL(url).host)
    .join(', ');
}
