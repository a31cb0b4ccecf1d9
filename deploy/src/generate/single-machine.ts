import { type ComposeFile, type Service } from '../compose/compose-file.js';
import { networksOf } from '../networks.js';
import { type StackOptions } from '../options.js';
import { type ConfigFiles, configsOf } from './configs.js';
import { servicesOf, usedSecrets, volumesOf } from './stack.js';

const SLOT = '{{.Task.Slot}}';

/**
 * The file for `docker compose` on one machine without a swarm: the same services with these differences. There are no
 * task slots, so each sensor and candidate is a service of its own; one API container holds the published port; secrets
 * are files in `secrets/`; the networks are bridges; restarts are compose's.
 */
export function singleMachineFile(options: StackOptions, files: ConfigFiles): ComposeFile {
  const swarm = servicesOf({ ...options, routing: 'mesh', apiReplicas: 1, placement: 'scheduler' });
  const services = Object.fromEntries(
    Object.entries(swarm)
      .flatMap(([name, service]) => numbered(name, service))
      .map(([name, service, of]) => [name, single(service, of, swarm)]),
  );
  return {
    name: options.stack,
    services,
    networks: networksOf(services, 'bridge', options),
    volumes: volumesOf(services),
    configs: configsOf(services, options, files),
    secrets: Object.fromEntries(
      usedSecrets(services).map((secret) => [secret, { file: `./secrets/${secret}` }]),
    ),
  };
}

/** A service with slot-dependent ids as one service per slot, `-1` to `-n`; any other as it is. */
function numbered(name: string, service: Service): [name: string, service: Service, of: string][] {
  if (!Object.values(service.environment).some((value) => value.includes(SLOT)))
    return [[name, service, name]];
  return Array.from({ length: service.deploy.replicas ?? 1 }, (_, index) => {
    const slot = String(index + 1);
    const environment = Object.fromEntries(
      Object.entries(service.environment).map(([key, value]) => [key, value.replace(SLOT, slot)]),
    );
    return [`${name}-${slot}`, { ...service, environment }, name];
  });
}

function single(service: Service, of: string, swarm: Record<string, Service>): Service {
  const { resources, restart_policy, update_config, rollback_config } = service.deploy;
  const names = Object.keys(swarm);
  const scraped = Object.keys(swarm.prometheus?.networks ?? {}).filter((name) => name !== 'monitoring');
  const needs = names.filter(
    (name) =>
      (service.secrets?.some(({ source }) => source === 'redis_url') === true && name === 'redis') ||
      (service.environment.ZOOKEEPER_HOSTS !== undefined && name.startsWith('zookeeper-')),
  );
  return {
    ...service,
    // In a swarm `tasks.<service>` is all of its tasks; Prometheus looks for them under that name.
    networks: Object.fromEntries(
      Object.keys(service.networks).map((name) => [
        name,
        scraped.includes(name) && of !== 'prometheus' ? { aliases: [`tasks.${of}`] } : null,
      ]),
    ),
    restart: 'unless-stopped',
    security_opt: ['no-new-privileges:true'],
    // Compose mounts secret files as they are: owner and mode are those of the file.
    ...(service.secrets
      ? { secrets: service.secrets.map(({ source, target }) => ({ source, target })) }
      : {}),
    ...(service.ports ? { ports: service.ports.map((port) => ({ ...port, mode: 'host' as const })) } : {}),
    ...(needs.length > 0
      ? {
          depends_on: Object.fromEntries(
            needs.map((name) => [name, { condition: 'service_healthy' as const }]),
          ),
        }
      : {}),
    deploy: { mode: 'replicated', replicas: 1, resources, restart_policy, update_config, rollback_config },
  };
}
