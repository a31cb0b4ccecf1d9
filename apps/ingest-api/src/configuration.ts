import { isIP } from 'node:net';
import { booleanFlag, durationMs, integer, logLevel, nonEmptyText, port, secret } from '@atalaya/service-kit';
import { z } from 'zod';
import { isRedisUrls } from './store/redis-urls.js';

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

/** The environment variables of the ingest API. */
export const configurationSchema = z
  .object({
    /** Address to listen on. */
    HOST: nonEmptyText().default('127.0.0.1'),
    PORT: port().default(4000),
    /** A Redis with RedisTimeSeries; see `store/redis-urls.ts` for the forms. */
    REDIS_URL: secret(
      z
        .string()
        .refine(
          isRedisUrls,
          'must be a redis:// or rediss:// URL, several of them, comma-separated, for a Cluster, or ' +
            'redis-sentinel://HOST:PORT/MASTER URLs, comma-separated, for Sentinels',
        ),
    ).optional(),
    /** Where the embedded time series keeps its data. */
    DATA_DIR: nonEmptyText().default('.atalaya'),
    /** How long raw values are kept. */
    RETENTION_MS: durationMs().default(THIRTY_DAYS_MS),
    /** Bearer token of writes. */
    INGEST_TOKEN: secret(
      z.string().regex(/^[\x21-\x7e]{1,1024}$/, 'must be 1 to 1024 visible ASCII characters without spaces'),
    ).optional(),
    ALLOW_ANONYMOUS_WRITES: booleanFlag().default(false),
    /** Writes of one client address in a minute; 0 for no limit. */
    WRITE_RATE_LIMIT_PER_MINUTE: integer({ min: 0, max: 1_000_000_000 }).default(60_000),
    /** Addresses or networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. */
    TRUSTED_PROXIES: z
      .string()
      .refine(isAddressList, 'must be IP addresses or networks such as 10.0.0.0/8, comma-separated')
      .optional(),
    /** Host names that the API answers to, besides addresses, names without a dot and this machine's own. */
    ALLOWED_HOSTS: z
      .string()
      .transform((text) => text.split(',').map((name) => name.trim()))
      .refine(
        (names) => names.every((name) => /^(\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)$/.test(name)),
        "must be host names without ports, comma-separated; '.example.org' stands for all names below it, '*' for any",
      )
      .optional(),
    LOG_LEVEL: logLevel(),
  })
  .refine(
    ({ HOST, INGEST_TOKEN, ALLOW_ANONYMOUS_WRITES }) =>
      isLoopback(HOST) || INGEST_TOKEN !== undefined || ALLOW_ANONYMOUS_WRITES,
    {
      path: ['HOST'],
      message:
        'others can reach this address and could write: set INGEST_TOKEN, or ALLOW_ANONYMOUS_WRITES=true, ' +
        'or a loopback HOST such as 127.0.0.1',
      // Reported together with the problems of other variables.
      when: ({ value }) => typeof (value as Partial<Record<'HOST', unknown>>).HOST === 'string',
    },
  );

export type Configuration = Readonly<z.output<typeof configurationSchema>>;

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host.toLowerCase() === 'localhost';
}

function isAddressList(text: string): boolean {
  return text.split(',').every((entry) => {
    const [address = '', bits, ...rest] = entry.trim().split('/');
    const version = isIP(address);
    if (version === 0 || rest.length > 0) return false;
    return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  });
}
