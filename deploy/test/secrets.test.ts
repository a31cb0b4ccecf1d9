import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretFiles } from '../src/secrets/create-secrets.js';
import { randomSecrets } from '../src/secrets/random-secrets.js';
import { SECRETS } from '../src/secrets/secrets.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atalaya-secrets-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('the URL of Redis holds its password', () => {
  const { redis_password, redis_url } = randomSecrets();
  expect(new URL(redis_url).password).toBe(redis_password);
  expect(randomSecrets({ redis_password: 'given' }).redis_url).toBe('redis://:given@redis:6379');
});

test('no secret holds what a URL, redis.conf or Grafana would read as its own', () => {
  const { redis_url, ...others } = randomSecrets();
  expect(redis_url).toMatch(/^redis:\/\/:[0-9a-f]{48}@redis:6379$/);
  for (const value of Object.values(others)) expect(value).toMatch(/^(\w+:)?[0-9a-f]{48}$/);
});

test('files that exist are kept', async () => {
  expect(Object.keys(await createSecretFiles(directory)).sort()).toEqual([...SECRETS].sort());
  const token = await readFile(join(directory, 'ingest_token'), 'utf8');
  await rm(join(directory, 'grafana_admin_password'));
  expect(Object.keys(await createSecretFiles(directory))).toEqual(['grafana_admin_password']);
  expect(await readFile(join(directory, 'ingest_token'), 'utf8')).toBe(token);
});

test('a password of Redis without its URL is not completed with another password', async () => {
  await createSecretFiles(directory);
  await rm(join(directory, 'redis_url'));
  await expect(createSecretFiles(directory)).rejects.toThrow(
    /redis_url is missing while its counterpart exists/,
  );
});

test('only its owner may enter the folder of the files', async () => {
  const folder = join(directory, 'secrets');
  await createSecretFiles(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});
