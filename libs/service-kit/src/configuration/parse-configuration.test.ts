import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  acceptedBy,
  durationMs,
  httpUrl,
  integer,
  nonEmptyText,
  port,
  secret,
  zookeeperAuth,
} from './fields.js';
import { ConfigurationError, parseConfiguration, secretsIn } from './parse-configuration.js';

/** A grammar of somebody else's: addresses with a port. */
function assertAddress(text: string): void {
  if (!/^\w+:\d+$/.test(text)) throw new Error('write host:port');
}

const schema = z.object({
  PORT: port().default(4000),
  HOSTS: acceptedBy(assertAddress).default('localhost:2181'),
  TOKEN: secret().optional(),
  AUTH: zookeeperAuth().optional(),
  NAME: nonEmptyText(),
});

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    parseConfiguration('service', schema, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

const folder = mkdtempSync(join(tmpdir(), 'configuration-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;

function fileWith(content: string): string {
  const path = join(folder, `secret-${(files += 1)}`);
  writeFileSync(path, content);
  return path;
}

test('defaults apply to variables that are unset or empty, and the result is frozen', () => {
  const configuration = parseConfiguration('service', schema, { NAME: 'a', PORT: '' });
  expect(configuration).toEqual({ PORT: 4000, HOSTS: 'localhost:2181', NAME: 'a' });
  expect(Object.isFrozen(configuration)).toBe(true);
});

test('all problems are reported together, each with variable, value and what is allowed', () => {
  expect(problemsOf({ PORT: '80x', HOSTS: 'a:b:c' })).toEqual([
    'PORT="80x": must be a whole number from 0 to 65535',
    'HOSTS="a:b:c": write host:port',
    'NAME is required',
  ]);
});

test('the value of a secret is never shown', () => {
  expect(problemsOf({ NAME: 'a', AUTH: 'hunter2' })).toEqual([
    "AUTH=(hidden): must be of the form 'user:password'",
  ]);
});

test('nor is a login in a value that is no secret', () => {
  expect(problemsOf({ NAME: 'a', HOSTS: 'zk://user:hunter22@host:1' })).toEqual([
    'HOSTS="zk://(hidden)@host:1": write host:port',
  ]);
});

test('the secrets of a configuration are known, those from files too', () => {
  const configuration = parseConfiguration('service', schema, {
    NAME: 'a',
    AUTH: 'user:password',
    TOKEN_FILE: fileWith('s3cret'),
  });
  expect(secretsIn(schema, configuration)).toEqual(['s3cret', 'user:password']);
});

test('a secret comes from the file that its _FILE variable names, less the final line break', () => {
  const configuration = parseConfiguration('service', schema, {
    NAME: 'a',
    TOKEN_FILE: fileWith('s3cret\n'),
  });
  expect(configuration.TOKEN).toBe('s3cret');
});

test('a secret that is set twice, or whose file is missing or empty, is a problem', () => {
  expect(problemsOf({ NAME: 'a', TOKEN: 'x', TOKEN_FILE: fileWith('y') })).toEqual([
    'TOKEN and TOKEN_FILE are both set: keep one of them',
  ]);
  expect(problemsOf({ NAME: 'a', TOKEN_FILE: '/does/not/exist' })[0]).toMatch(
    /^TOKEN_FILE="\/does\/not\/exist": the file cannot be read/,
  );
  expect(problemsOf({ NAME: 'a', TOKEN_FILE: fileWith('') })[0]).toMatch(/the file is empty$/);
});

test('only secrets are read from files', () => {
  expect(problemsOf({ NAME_FILE: fileWith('a') })).toEqual(['NAME is required']);
});

test('an alias is used when the variable itself is unset, and named in its problem', () => {
  const aliases = { HOSTS: 'HOST' };
  expect(parseConfiguration('service', schema, { NAME: 'a', HOST: 'zk:1' }, aliases).HOSTS).toBe('zk:1');
  expect(parseConfiguration('service', schema, { NAME: 'a', HOST: 'x:1', HOSTS: 'y:2' }, aliases).HOSTS).toBe(
    'y:2',
  );
  expect(() => parseConfiguration('service', schema, { NAME: 'a', HOST: ':' }, aliases)).toThrow(
    /^ {2}HOST=":": /m,
  );
});

test.each(['', ' 5', '5.0', '1e3', '0x10', '-1', '99999999999999999999'])(
  'duration %j is refused',
  (text) => {
    expect(durationMs().safeParse(text).success).toBe(false);
  },
);

test('a URL must be absolute http or https; its trailing slash goes', () => {
  expect(httpUrl().parse('http://api:4000/')).toBe('http://api:4000');
  for (const text of ['api:4000', 'ftp://a', '/x']) expect(httpUrl().safeParse(text).success).toBe(false);
});

test('bounds of a whole number are included', () => {
  const field = integer({ min: -1, max: 3 });
  expect(['-1', '3'].map((text) => field.parse(text))).toEqual([-1, 3]);
  expect(['-2', '4'].map((text) => field.safeParse(text).success)).toEqual([false, false]);
});
