import { randomBytes } from 'node:crypto';
import { type Secret } from './secrets.js';

/**
 * New random values for all secrets. They are hexadecimal, because some end up in a URL, in `redis.conf` and in a file
 * in which Grafana expands `$`. `redis_url` holds the value of `redis_password`.
 */
export function randomSecrets(given: Partial<Record<Secret, string>> = {}): Record<Secret, string> {
  const redisPassword = given.redis_password ?? random();
  return {
    ingest_token: random(),
    redis_password: redisPassword,
    redis_url: `redis://:${redisPassword}@redis:6379`,
    zookeeper_auth: `atalaya:${random()}`,
    grafana_admin_password: random(),
    ...given,
  };
}

function random(): string {
  return randomBytes(24).toString('hex');
}
