import { type SecretMount } from '../compose/compose-file.js';
import { type StackOptions } from '../options.js';

/** The secrets of a stack. `redis_url` holds the same password as `redis_password`: they are made together. */
export const SECRETS = [
  'ingest_token',
  'redis_password',
  'redis_url',
  'zookeeper_auth',
  'grafana_admin_password',
] as const;
export type Secret = (typeof SECRETS)[number];

/** Name of a secret in the swarm. It carries a version because a secret cannot be changed, only replaced. */
export function secretName(secret: Secret, options: Pick<StackOptions, 'stack' | 'secretsVersion'>): string {
  return `${options.stack}_${secret}_v${options.secretsVersion}`;
}

/** Path of a secret inside a container. */
export function secretPath(secret: Secret): string {
  return `/run/secrets/${secret}`;
}

/** Mounts a secret so that only `user` (`uid:gid`) may read it. */
export function secretMount(secret: Secret, user: string): SecretMount {
  const [uid = '0', gid = '0'] = user.split(':');
  return { source: secret, target: secret, uid, gid, mode: 0o400 };
}
