import { type ComposeFile, type Service } from '../compose/compose-file.js';
import { networksOf } from '../networks.js';
import { type StackOptions } from '../options.js';
import { SECRETS, secretName } from '../secrets/secrets.js';
import { apiServices, candidateService, sensorService } from '../services/apps.js';
import { grafanaService, prometheusService, visualizerService } from '../services/observers.js';
import { redisService } from '../services/redis.js';
import { zooKeeperServices } from '../services/zookeeper.js';
import { type ConfigFiles, configsOf } from './configs.js';

/** All services of the system, before they are written as a stack or for one machine. */
export function servicesOf(options: StackOptions): Record<string, Service> {
  const services: Record<string, Service> = {
    ...zooKeeperServices(options),
    redis: redisService(options),
    ...apiServices(options),
    'leader-aggregator': candidateService(options),
    'sensor-agent': sensorService(options),
    ...(options.grafana ? { grafana: grafanaService(options) } : {}),
    ...(options.prometheus ? { prometheus: prometheusService(options) } : {}),
    ...(options.visualizer ? { visualizer: visualizerService(options) } : {}),
  };
  const unknown = options.only.filter((name) => services[name] === undefined);
  if (unknown.length > 0) {
    throw new Error(
      `There is no service ${unknown.join(', ')}: name some of ${Object.keys(services).join(', ')} with --only`,
    );
  }
  return options.only.length === 0
    ? services
    : Object.fromEntries(Object.entries(services).filter(([name]) => options.only.includes(name)));
}

/** The file for `docker stack deploy`. */
export function stackFile(options: StackOptions, files: ConfigFiles): ComposeFile {
  const services = servicesOf(options);
  return {
    services,
    networks: networksOf(services, 'overlay', options),
    volumes: volumesOf(services),
    configs: configsOf(services, options, files),
    secrets: Object.fromEntries(
      usedSecrets(services).map((secret) => [secret, { name: secretName(secret, options), external: true }]),
    ),
  };
}

/** Named volumes that `services` mount. */
export function volumesOf(services: Record<string, Service>): ComposeFile['volumes'] {
  return Object.fromEntries(
    Object.values(services)
      .flatMap((service) => service.volumes ?? [])
      .flatMap((mount) => (mount.type === 'volume' ? [[mount.source, {}] as const] : [])),
  );
}

/** Secrets that `services` read. */
export function usedSecrets(services: Record<string, Service>) {
  const used = new Set(
    Object.values(services).flatMap((service) => (service.secrets ?? []).map(({ source }) => source)),
  );
  return SECRETS.filter((secret) => used.has(secret));
}
