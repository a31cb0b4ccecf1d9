import { Cluster, Redis, type RedisOptions } from 'ioredis';

/** Longest time between two attempts to reach Redis, in ms: an outage of any length ends within this. */
const MAX_RECONNECT_DELAY_MS = 2_000;

/** Where a Sentinel listens when its URL names no port. */
const SENTINEL_PORT = 26_379;

/**
 * Whether a text names a Redis in one of these forms: one `redis://` or `rediss://` URL, a server; several,
 * comma-separated, nodes of one Cluster; one or several `redis-sentinel://[user:password@]host[:port]/master`, Sentinels
 * of one master, with the login of the Redis servers.
 */
export function isRedisUrls(text: string): boolean {
  const urls = text.split(',').map((url) => (URL.canParse(url) ? new URL(url) : undefined));
  if (urls.every((url) => url !== undefined && /^rediss?:$/.test(url.protocol))) return true;
  const masters = urls.map((url) =>
    url?.protocol === 'redis-sentinel:' && url.host !== '' ? masterOf(url) : '',
  );
  return masters[0] !== '' && masters.every((master) => master === masters[0]);
}

/**
 * Connects in the background, again and again, with an `error` event for each failure; the store bounds how long a
 * command waits for that.
 */
export function connectRedis(urls: string): Redis | Cluster {
  const options = {
    // What was on its way when the connection broke fails at once and is not sent a second time: who sent it decides.
    maxRetriesPerRequest: 0,
    connectTimeout: 2_000,
    retryStrategy: reconnectDelayMs,
  };
  const [first = '', ...others] = urls.split(',');
  const url = new URL(first);
  if (url.protocol === 'redis-sentinel:') {
    return new Redis({
      ...options,
      ...credentialsOf(url),
      sentinels: urls.split(',').map((text) => sentinelOf(new URL(text))),
      name: masterOf(url),
      sentinelRetryStrategy: reconnectDelayMs,
    });
  }
  return others.length === 0
    ? new Redis(first, options)
    : new Cluster([first, ...others], {
        redisOptions: { ...options, ...credentialsOf(url) },
        clusterRetryStrategy: reconnectDelayMs,
      });
}

/** The hosts of URLs, without credentials. */
export function hostsOf(urls: string): string {
  return urls
    .split(',')
    .map((url) => new URL(url).host)
    .join(', ');
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(100 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS);
}

function masterOf({ pathname }: URL): string {
  return decodeURIComponent(pathname.slice(1));
}

function sentinelOf({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? SENTINEL_PORT : Number(port) };
}

/** ioredis takes the credentials of a Cluster's nodes, and those behind Sentinels, from the options and not from the URLs. */
function credentialsOf({
  username,
  password,
  protocol,
}: URL): Pick<RedisOptions, 'username' | 'password' | 'tls'> {
  return {
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}
