import { type Deployment, type Service } from '../compose/compose-file.js';
import { type App, appImage } from '../images.js';
import { attach, type NetworkName } from '../networks.js';
import { type StackOptions } from '../options.js';
import { type Secret, secretMount, secretPath } from '../secrets/secrets.js';
import { SPREAD } from './placement.js';
import { HARDENED, healthCheck, RESTART, resolverOptions, resources, rolling, scratch } from './policies.js';
import { connectString } from './zookeeper.js';

/** Uid and gid that the project's images run as. */
export const APP_USER = '10001:10001';
/** Where sensors and candidates serve their health and metrics. */
export const HEALTH_PORT = 9464;
/** Where the API listens inside its container. */
export const API_PORT = 4000;
/** Stable across restarts of a task: a slot keeps its number. */
const SLOT = '{{.Task.Slot}}';

interface AppShape {
  app: App;
  environment: Record<string, string>;
  secrets: Partial<Record<string, Secret>>;
  networks: NetworkName[];
  heapMb: number;
  memory: { limit: string; usual: string };
  deploy: Omit<Deployment, 'resources' | 'restart_policy'>;
}

/** Sensors keep their id, so an old task ends before the new one of its slot starts. */
export function sensorService(options: StackOptions): Service {
  return app(options, {
    app: 'sensor-agent',
    environment: {
      INSTANCE_ID: `sensor-${SLOT}`,
      ZOOKEEPER_HOSTS: connectString(options),
      SENSOR_SOURCE: options.sensorSource,
      SAMPLE_INTERVAL_MS: String(options.tickIntervalMs),
      HEALTH_PORT: String(HEALTH_PORT),
    },
    secrets: { ZOOKEEPER_AUTH: 'zookeeper_auth' },
    networks: ['coordination', 'egress'],
    heapMb: 64,
    memory: { limit: '160M', usual: '80M' },
    deploy: {
      mode: 'replicated',
      replicas: options.sensors,
      ...dnsWithoutIpvs(options),
      ...SPREAD,
      ...rolling('stop-first'),
    },
  });
}

/** Candidates. A new one starts before an old one ends, so the number of those that can take over never falls. */
export function candidateService(options: StackOptions): Service {
  return app(options, {
    app: 'leader-aggregator',
    environment: {
      INSTANCE_ID: `candidate-${SLOT}`,
      ZOOKEEPER_HOSTS: connectString(options),
      INGEST_URL: `http://ingest-api:${API_PORT}`,
      TICK_INTERVAL_MS: String(options.tickIntervalMs),
      HEALTH_PORT: String(HEALTH_PORT),
    },
    secrets: { ZOOKEEPER_AUTH: 'zookeeper_auth', INGEST_TOKEN: 'ingest_token' },
    networks: ['coordination', 'delivery'],
    heapMb: 128,
    memory: { limit: '256M', usual: '96M' },
    deploy: {
      mode: 'replicated',
      replicas: options.candidates,
      ...dnsWithoutIpvs(options),
      ...SPREAD,
      ...rolling('start-first', { delay: '10s' }),
    },
  });
}

/**
 * The API. In the mesh all replicas are published. With host ports a node has one container per port, so the replicas
 * serve the candidates, and `ingest-api-edge`, the same program, is published on every node.
 */
export function apiServices(options: StackOptions): Record<string, Service> {
  const replicas = api(options, {
    mode: 'replicated',
    replicas: options.apiReplicas,
    ...dnsWithoutIpvs(options),
    ...SPREAD,
    ...rolling('start-first'),
  });
  const published = { target: API_PORT, published: options.apiPort, protocol: 'tcp' } as const;
  if (options.routing === 'mesh') {
    return { 'ingest-api': { ...replicas, ports: [{ ...published, mode: 'ingress' }] } };
  }
  return {
    'ingest-api': replicas,
    // The port must be free before a new task can take it.
    'ingest-api-edge': {
      ...api(options, { mode: 'global', endpoint_mode: 'dnsrr', ...rolling('stop-first') }),
      ports: [{ ...published, mode: 'host' }],
    },
  };
}

function api(options: StackOptions, deploy: AppShape['deploy']): Service {
  return app(options, {
    app: 'ingest-api',
    environment: {
      HOST: '0.0.0.0',
      PORT: String(API_PORT),
      // The dashboards and Prometheus read without a key, as everybody on the published port does.
      ALLOW_ANONYMOUS_READS: 'true',
      ...(options.allowedHosts.length === 0 ? {} : { ALLOWED_HOSTS: options.allowedHosts.join(',') }),
    },
    secrets: { INGEST_TOKEN: 'ingest_token', REDIS_URL: 'redis_url' },
    networks: ['front', 'delivery', 'store'],
    heapMb: 192,
    memory: { limit: '320M', usual: '96M' },
    deploy,
  });
}

function app(options: StackOptions, shape: AppShape): Service {
  const secrets = Object.entries(shape.secrets) as [string, Secret][];
  return {
    image: appImage(shape.app, options),
    user: APP_USER,
    init: true,
    ...HARDENED,
    environment: {
      ...shape.environment,
      ...Object.fromEntries(secrets.map(([variable, secret]) => [`${variable}_FILE`, secretPath(secret)])),
      NODE_OPTIONS: `--max-old-space-size=${shape.heapMb}`,
      RES_OPTIONS: resolverOptions({ attempts: 2 }),
    },
    secrets: secrets.map(([, secret]) => secretMount(secret, APP_USER)),
    volumes: [scratch('/tmp', 16)],
    networks: attach(options, ...shape.networks),
    healthcheck: healthCheck(['CMD', 'bash', '/opt/atalaya/healthcheck.sh'], '120s'),
    // Longer than the 10 s that a process gives itself to end.
    stop_grace_period: '15s',
    deploy: {
      ...shape.deploy,
      resources: resources('1.0', shape.memory, 100),
      restart_policy: RESTART,
    },
  };
}

function dnsWithoutIpvs(options: StackOptions): Pick<Deployment, 'endpoint_mode'> {
  return options.routing === 'host' ? { endpoint_mode: 'dnsrr' } : {};
}
