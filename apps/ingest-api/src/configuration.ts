import { isIP } from 'node:net';
import { booleanFlag, durationMs, integer, logLevel, nonEmptyText, port, secret } from '@atalaya/service-kit';
import { z } from 'zod';
import { isRedisUrls } from './store/redis-urls.js';

/** Shorter ones can be guessed over a network. */
const MIN_PUBLIC_TOKEN_LENGTH = 16;

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
    /** How far ahead of the store's clock the timestamp of a report may be. */
    MAX_AHEAD_MS: integer({ min: 0, max: 86_400_000 }).default(300_000),
    /** Most groups; a report of one more is refused. */
    MAX_GROUPS: integer({ min: 1, max: 1_000_000 }).default(1_000),
    /** Most sensors of one group, those included that left within the retention. */
    MAX_SENSORS_PER_GROUP: integer({ min: 0, max: 1_000_000 }).default(20_000),
    /** Bearer token of writes. */
    INGEST_TOKEN: secret(
      z.string().regex(/^[\x21-\x7e]{1,1024}$/, 'must be 1 to 1024 visible ASCII characters without spaces'),
    ).optional(),
    /** File of the keys that `npm run keys` makes, read again when it changes. */
    API_KEYS_FILE: nonEmptyText().optional(),
    ALLOW_ANONYMOUS_WRITES: booleanFlag().default(false),
    /** Whether everybody may read; by default where only this machine reaches the API, and where no key is set. */
    ALLOW_ANONYMOUS_READS: booleanFlag().optional(),
    /** What the cookies of the pages are signed with; by default it comes from the token. */
    SESSION_SECRET: secret(z.string().min(16, 'must have at least 16 characters')).optional(),
    /** File of the audit log; without it the entries are in the log of the process. */
    AUDIT_LOG_FILE: nonEmptyText().optional(),
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
    ({ HOST, INGEST_TOKEN, API_KEYS_FILE, ALLOW_ANONYMOUS_WRITES }) =>
      isLoopback(HOST) || INGEST_TOKEN !== undefined || API_KEYS_FILE !== undefined || ALLOW_ANONYMOUS_WRITES,
    {
      path: ['HOST'],
      message:
        'others can reach this address and could write: set INGEST_TOKEN or API_KEYS_FILE, or ALLOW_ANONYMOUS_WRITES=true, ' +
        'or a loopback HOST such as 127.0.0.1',
      // Reported together with the problems of other variables.
      when: ({ value }) => typeof (value as Partial<Record<'HOST', unknown>>).HOST === 'string',
    },
  )
  .refine(
    ({ HOST, INGEST_TOKEN }) =>
      isLoopback(HOST) || INGEST_TOKEN === undefined || INGEST_TOKEN.length >= MIN_PUBLIC_TOKEN_LENGTH,
    {
      path: ['INGEST_TOKEN'],
      message:
        `must have at least ${MIN_PUBLIC_TOKEN_LENGTH} characters where others can reach the API, or it can be ` +
        'guessed: openssl rand -hex 24 makes one',
      when: ({ value }) => typeof (value as Partial<Record<'HOST', unknown>>).HOST === 'string',
    },
  )
  .refine(
    ({ INGEST_TOKEN, API_KEYS_FILE, ALLOW_ANONYMOUS_READS }) =>
      ALLOW_ANONYMOUS_READS !== false || INGEST_TOKEN !== undefined || API_KEYS_FILE !== undefined,
    {
      path: ['ALLOW_ANONYMOUS_READS'],
      message: 'nobody could read: set INGEST_TOKEN or API_KEYS_FILE, or leave it out',
    },
  );

export type Configuration = Readonly<z.output<typeof configurationSchema>>;

/** Whether everybody may read. */
export function readsAreOpen(configuration: Configuration): boolean {
  const { HOST, INGEST_TOKEN, API_KEYS_FILE, ALLOW_ANONYMOUS_READS } = configuration;
  if (ALLOW_ANONYMOUS_READS !== undefined) return ALLOW_ANONYMOUS_READS;
  return isLoopback(HOST) || (INGEST_TOKEN === undefined && API_KEYS_FILE === undefined);
}

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
