import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { measurementScripts, MeasurementStore } from '@atalaya/measurement-store';
import { type Logger, StartupError } from '@atalaya/service-kit';
import { Cluster, Redis } from 'ioredis';
import { type Configuration } from '../configuration.js';

/** The part of the embedded server that is used here. */
interface EmbeddedTimeSeries {
  startEmbeddedTimeSeries(options: {
    dataDir: string;
    password: string;
    scripts: typeof measurementScripts;
    logger: Logger;
  }): Promise<{ url: string; close(): Promise<void> }>;
}

/** Longest time between two attempts to reach Redis, in ms: an outage of any length ends within this. */
const MAX_RECONNECT_DELAY_MS = 2_000;

export interface OpenStore {
  readonly store: MeasurementStore;
  /** What the store runs on, as the start of a sentence. Without credentials. */
  readonly subject: string;
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
  if (REDIS_URL !== undefined) {
    const redis = connectRedis(REDIS_URL);
    const store = new MeasurementStore(redis, { retentionMs, logger });
    return {
      store,
      subject: `Redis at ${withoutCredentials(REDIS_URL)}`,
      close: async () => {
        await store.close();
        redis.disconnect();
      },
    };
  }

  const dataDir = resolve(DATA_DIR);
  // Loaded only where it is used: its storage is native code.
  const embedded = (await import('@atalaya/embedded-timeseries')) as unknown as EmbeddedTimeSeries;
  const server = await embedded
    .startEmbeddedTimeSeries({
      dataDir,
      password: randomBytes(24).toString('base64url'),
      scripts: measurementScripts,
      logger,
    })
    .catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartupError(`The embedded time series cannot use ${dataDir}: ${reason}`, { cause: error });
    });
  const redis = connectRedis(server.url);
  const store = new MeasurementStore(redis, { retentionMs, logger });
  return {
    store,
    subject: `the embedded time series in ${dataDir}`,
    close: async () => {
      await store.close();
      redis.disconnect();
      await server.close();
    },
  };
}

/** Connects in the background, again and again; the store bounds how long a command waits for that. */
export function connectRedis(urls: string): Redis | Cluster {
  const options = {
    // What was on its way when the connection broke fails at once and is not sent a second time: who sent it decides.
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: reconnectDelayMs,
  };
  const [first = '', ...others] = urls.split(',');
  const redis =
    others.length === 0
      ? new Redis(first, options)
      : new Cluster([first, ...others], {
          redisOptions: { ...options, ...credentialsOf(first) },
          clusterRetryStrategy: reconnectDelayMs,
        });
  // Every failed attempt is an event; the watch of the store says it once.
  redis.on('error', () => {});
  return redis;
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

function withoutCredentials(urls: string): string {
  return urls
    .split(',')
    .map((url) => new URL(url).host)
    .join(', ');
}
