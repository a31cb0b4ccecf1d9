import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../engine/docker.js';
import { type StackOptions } from '../options.js';
import { randomSecrets } from './random-secrets.js';
import { type Secret, SECRETS, secretName } from './secrets.js';

/** Secrets that people type in: shown once, as the swarm never gives a secret back. */
export const FOR_PEOPLE: readonly Secret[] = ['ingest_token', 'grafana_admin_password'];

/** Values that were created; those that existed before are not among them. */
export type Created = Partial<Record<Secret, string>>;

/**
 * Creates those secrets of a stack that the swarm does not have yet.
 *
 * @throws {Error} when it has one of `redis_password` and `redis_url` but not the other: they must agree
 */
export async function createSwarmSecrets(
  options: Pick<StackOptions, 'stack' | 'secretsVersion'>,
  given: Partial<Record<Secret, string>> = {},
): Promise<Created> {
  const existing = new Set((await docker(['secret', 'ls', '--format', '{{.Name}}'])).split('\n'));
  const missing = SECRETS.filter((secret) => !existing.has(secretName(secret, options)));
  refuseHalfOfRedis(missing);
  const values = randomSecrets(given);
  for (const secret of missing) {
    // Not the label of a stack: `docker stack rm` would remove the secrets, and with them the way to the ZooKeeper nodes.
    const label = `org.atalaya.stack=${options.stack}`;
    await docker(['secret', 'create', '--label', label, secretName(secret, options), '-'], {
      input: values[secret],
    });
  }
  return Object.fromEntries(missing.map((secret) => [secret, values[secret]]));
}

/** Writes those secrets that `directory` lacks as files, for `docker compose`. */
export async function createSecretFiles(directory: string): Promise<Created> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const missing: Secret[] = [];
  for (const secret of SECRETS) {
    if (!(await exists(join(directory, secret)))) missing.push(secret);
  }
  refuseHalfOfRedis(missing);
  const values = randomSecrets();
  for (const secret of missing) {
    // Containers read them as users that this machine does not know; the folder keeps others from them.
    await writeFile(join(directory, secret), values[secret], { mode: 0o644 });
  }
  return Object.fromEntries(missing.map((secret) => [secret, values[secret]]));
}

function refuseHalfOfRedis(missing: Secret[]): void {
  const [lacks, other] = missing.filter((secret) => secret === 'redis_password' || secret === 'redis_url');
  if (lacks !== undefined && other === undefined) {
    throw new Error(
      `The secret ${lacks} is missing while its counterpart exists, and both hold one password: remove the other one too, or raise --secrets-version.`,
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
