import { type Service } from '../compose/compose-file.js';
import { attach } from '../networks.js';
import { type StackOptions } from '../options.js';
import { secretMount, secretPath } from '../secrets/secrets.js';
import { HARDENED, PATIENCE, RESTART, resources, rolling, scratch } from './policies.js';
import { statefulPlacement } from './placement.js';

/** Uid and gid of `redis` in the official image. */
const USER = '999:999';

/** Redis with RedisTimeSeries. The password is written to memory only, never to a command line. */
export function redisService(options: StackOptions): Service {
  return {
    image: options.redisImage,
    user: USER,
    init: true,
    ...HARDENED,
    entrypoint: ['sh', '-c'],
    command: [
      [
        'umask 077',
        `printf 'include /etc/redis/redis.conf\\nrequirepass %s\\n' "$(cat ${secretPath('redis_password')})" > /tmp/redis.conf`,
        'exec redis-server /tmp/redis.conf',
      ].join(' && '),
    ],
    environment: {},
    configs: [{ source: 'redis_conf', target: '/etc/redis/redis.conf' }],
    secrets: [secretMount('redis_password', USER)],
    volumes: [{ type: 'volume', source: 'redis-data', target: '/data' }, scratch('/tmp', 8)],
    networks: attach(options, 'store'),
    healthcheck: {
      test: [
        'CMD',
        'sh',
        '-c',
        `[ "$(REDISCLI_AUTH="$(cat ${secretPath('redis_password')})" redis-cli ping)" = PONG ]`,
      ],
      ...PATIENCE,
      interval: '5s',
      // A large append-only file is read before the first answer.
      start_period: '300s',
    },
    // Time to write the append-only file out.
    stop_grace_period: '60s',
    deploy: {
      mode: 'replicated',
      replicas: 1,
      ...(options.routing === 'host' ? { endpoint_mode: 'dnsrr' as const } : {}),
      ...statefulPlacement('redis', options),
      // More than maxmemory: rewriting the append-only file copies what changes meanwhile.
      resources: resources('1.0', { limit: '1G', usual: '512M' }, 100),
      restart_policy: RESTART,
      // Two servers on one volume would corrupt it.
      ...rolling('stop-first'),
    },
  };
}
