import { type HealthCheck, type Service } from '../compose/compose-file.js';
import { attach } from '../networks.js';
import { type StackOptions } from '../options.js';
import { secretMount, secretPath } from '../secrets/secrets.js';
import { statefulPlacement } from './placement.js';
import { HARDENED, healthCheck, RESTART, resources, rolling, scratch } from './policies.js';

const GRAFANA_USER = '472:0';
const PROMETHEUS_USER = '65534:65534';
const GRAFANA_PORT = 3000;

/**
 * Plugin versions that the dashboards were written for; Grafana installs them at its first start. The first reads the
 * series, the second the anomalies, which the API finds when it is asked.
 */
export const GRAFANA_PLUGINS = ['redis-datasource 2.2.0', 'yesoreyeram-infinity-datasource 3.4.1'] as const;

/** Grafana with its data sources and dashboards in place. */
export function grafanaService(options: StackOptions): Service {
  const host = options.routing === 'host';
  return {
    image: options.grafanaImage,
    user: GRAFANA_USER,
    init: true,
    ...HARDENED,
    environment: {
      GF_INSTALL_PLUGINS: GRAFANA_PLUGINS.join(','),
      GF_SECURITY_ADMIN_PASSWORD__FILE: secretPath('grafana_admin_password'),
      GF_USERS_ALLOW_SIGN_UP: 'false',
      GF_AUTH_ANONYMOUS_ENABLED: 'false',
      GF_ANALYTICS_REPORTING_ENABLED: 'false',
      GF_ANALYTICS_CHECK_FOR_UPDATES: 'false',
      GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: 'false',
      GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH: '/etc/atalaya/dashboards/means.json',
      GF_SERVER_HTTP_PORT: String(GRAFANA_PORT),
    },
    configs: [
      { source: 'grafana_datasources', target: '/etc/grafana/provisioning/datasources/atalaya.yaml' },
      { source: 'grafana_providers', target: '/etc/grafana/provisioning/dashboards/atalaya.yaml' },
      ...DASHBOARDS.map((dashboard) => ({
        source: `grafana_dashboard_${dashboard}`,
        target: `/etc/atalaya/dashboards/${dashboard}.json`,
      })),
    ],
    secrets: [
      secretMount('grafana_admin_password', GRAFANA_USER),
      secretMount('redis_password', GRAFANA_USER),
    ],
    volumes: [{ type: 'volume', source: 'grafana-data', target: '/var/lib/grafana' }, scratch('/tmp', 64)],
    networks: attach(options, 'front', 'store', 'monitoring'),
    ports: [
      {
        target: GRAFANA_PORT,
        published: options.grafanaPort,
        protocol: 'tcp',
        mode: host ? 'host' : 'ingress',
      },
    ],
    healthcheck: healthCheck(answers(`http://127.0.0.1:${GRAFANA_PORT}/api/health`), '180s'),
    stop_grace_period: '20s',
    deploy: {
      mode: 'replicated',
      replicas: 1,
      ...(host ? { endpoint_mode: 'dnsrr' as const } : {}),
      ...statefulPlacement('grafana', options),
      resources: resources('1.0', { limit: '512M', usual: '192M' }, 200),
      restart_policy: RESTART,
      // Its database is a file on the volume.
      ...rolling('stop-first'),
    },
  };
}

/** Names of the dashboards' files in `grafana/dashboards`. */
export const DASHBOARDS = ['means', 'sensors', 'leadership'] as const;

/** Prometheus: reached by Grafana only, it publishes no port. */
export function prometheusService(options: StackOptions): Service {
  return {
    image: options.prometheusImage,
    user: PROMETHEUS_USER,
    init: true,
    ...HARDENED,
    command: [
      '--config.file=/etc/prometheus/prometheus.yml',
      '--storage.tsdb.path=/prometheus',
      '--storage.tsdb.retention.time=30d',
      '--storage.tsdb.retention.size=2GB',
    ],
    environment: {},
    configs: [
      { source: 'prometheus_yml', target: '/etc/prometheus/prometheus.yml' },
      { source: 'prometheus_rules', target: '/etc/prometheus/rules.yml' },
    ],
    volumes: [{ type: 'volume', source: 'prometheus-data', target: '/prometheus' }, scratch('/tmp', 32)],
    networks: attach(options, 'coordination', 'delivery', 'monitoring'),
    healthcheck: healthCheck(answers('http://127.0.0.1:9090/-/healthy'), '60s'),
    stop_grace_period: '30s',
    deploy: {
      mode: 'replicated',
      replicas: 1,
      ...(options.routing === 'host' ? { endpoint_mode: 'dnsrr' as const } : {}),
      ...statefulPlacement('prometheus', options),
      resources: resources('1.0', { limit: '512M', usual: '192M' }, 200),
      restart_policy: RESTART,
      ...rolling('stop-first'),
    },
  };
}

/**
 * A picture of which task runs on which node. It needs the engine's socket, whose reader knows everything about the
 * swarm: leave it out where its page can be reached by others.
 */
export function visualizerService(options: StackOptions): Service {
  const host = options.routing === 'host';
  return {
    image: options.visualizerImage,
    // The socket belongs to root: this is the one service that cannot run as another user.
    user: '0:0',
    init: true,
    ...HARDENED,
    environment: {},
    volumes: [
      {
        type: 'bind',
        source: '/var/run/docker.sock',
        target: '/var/run/docker.sock',
        read_only: true,
      },
      scratch('/tmp', 16),
    ],
    networks: attach(options, 'front'),
    ports: [
      { target: 8080, published: options.visualizerPort, protocol: 'tcp', mode: host ? 'host' : 'ingress' },
    ],
    healthcheck: healthCheck(answers('http://127.0.0.1:8080/'), '30s'),
    stop_grace_period: '10s',
    deploy: {
      mode: 'replicated',
      replicas: 1,
      ...(host ? { endpoint_mode: 'dnsrr' as const } : {}),
      // Only managers know the swarm.
      placement: { constraints: ['node.role == manager'] },
      resources: resources('0.5', { limit: '128M', usual: '64M' }, 50),
      restart_policy: RESTART,
      ...rolling('stop-first'),
    },
  };
}

/**
 * A check that a server answers a GET with a 2xx. Their images carry BusyBox, whose wget costs 2 ms of CPU; promtool costs
 * 35 and a Node.js process 160.
 */
function answers(url: string): HealthCheck['test'] {
  return ['CMD', 'wget', '-q', '-O', '/dev/null', url];
}
