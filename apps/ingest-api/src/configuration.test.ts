import { ConfigurationError, parseConfiguration } from '@atalaya/service-kit';
import { configurationSchema, isLoopback } from './configuration.js';

const parse = (environment: Record<string, string>) =>
  parseConfiguration('ingest-api', configurationSchema, environment);

test('everything has a default but the token and the Redis', () => {
  expect(parse({})).toEqual({
    HOST: '127.0.0.1',
    PORT: 4000,
    DATA_DIR: '.atalaya',
    RETENTION_MS: 2_592_000_000,
    MAX_AHEAD_MS: 300_000,
    MAX_GROUPS: 1_000,
    MAX_SENSORS_PER_GROUP: 20_000,
    ALLOW_ANONYMOUS_WRITES: false,
    WRITE_RATE_LIMIT_PER_MINUTE: 60_000,
    LOG_LEVEL: 'info',
  });
});

test.each([
  ['127.0.0.1', true],
  ['127.8.9.1', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['192.168.1.5', false],
  ['127.0.0.1.example.org', false],
  ['1270.0.0.1', false],
])('%s is reachable from this machine alone: %s', (host, loopback) => {
  expect(isLoopback(host)).toBe(loopback);
});

test('an address that others can reach needs a token, or the word that anybody may write', () => {
  expect(() => parse({ HOST: '0.0.0.0' })).toThrow(ConfigurationError);
  expect(() => parse({ HOST: '0.0.0.0', ALLOW_ANONYMOUS_WRITES: 'false' })).toThrow(/INGEST_TOKEN/);
  expect(parse({ HOST: '0.0.0.0', INGEST_TOKEN: 'sixteen-or-more-chars' }).HOST).toBe('0.0.0.0');
  expect(parse({ HOST: '0.0.0.0', ALLOW_ANONYMOUS_WRITES: 'true' }).HOST).toBe('0.0.0.0');
});

test('every problem is in one message, and no secret is', () => {
  expect.assertions(2);
  try {
    parse({ HOST: '0.0.0.0', PORT: 'x', REDIS_URL: 'secret-url', LOG_LEVEL: 'loud' });
  } catch (error) {
    const { problems, message } = error as ConfigurationError;
    expect(problems.map((problem) => /^\w+/.exec(problem)?.[0]).sort()).toEqual([
      'HOST',
      'LOG_LEVEL',
      'PORT',
      'REDIS_URL',
    ]);
    expect(message).not.toContain('secret-url');
  }
});

test.each(['redis://a:6379', 'rediss://u:p@a', 'redis://a:7000,redis://b:7001'])(
  '%s is a REDIS_URL',
  (url) => {
    expect(parse({ REDIS_URL: url }).REDIS_URL).toBe(url);
  },
);
