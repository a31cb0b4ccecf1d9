import { type Network, type Service } from './compose/compose-file.js';
import { type StackOptions } from './options.js';

/**
 * Who may talk with whom. Only `front` and `egress` have a way out of the swarm. Prometheus comes to the networks of those
 * that it asks: a network of all that export metrics would join what the others keep apart.
 *
 * - `front`: what is published: the API and Grafana
 * - `coordination`: ZooKeeper, sensors, candidates; Prometheus
 * - `delivery`: candidates to the API; Prometheus
 * - `store`: the API and Grafana to Redis
 * - `monitoring`: Grafana to Prometheus
 * - `egress`: the sensors' way out, when asked for
 */
const NETWORKS = {
  front: { internal: false },
  coordination: { internal: true },
  delivery: { internal: true },
  store: { internal: true },
  monitoring: { internal: true },
  egress: { internal: false },
} as const;
export type NetworkName = keyof typeof NETWORKS;

/** A service's networks, without those that nobody else of this stack is on. */
export function attach(options: StackOptions, ...names: NetworkName[]): Service['networks'] {
  return Object.fromEntries(
    names
      .filter((name) => name !== 'monitoring' || (options.prometheus && options.grafana))
      .filter((name) => name !== 'egress' || options.sensorEgress)
      .map((name) => [name, null]),
  );
}

/** Definitions of the networks that `services` use. */
export function networksOf(
  services: Record<string, Service>,
  driver: Network['driver'],
  options: StackOptions,
): Record<string, Network> {
  const used = new Set(Object.values(services).flatMap((service) => Object.keys(service.networks)));
  return Object.fromEntries(
    (Object.keys(NETWORKS) as NetworkName[])
      .filter((name) => used.has(name))
      .map((name) => [
        name,
        {
          driver,
          ...(NETWORKS[name].internal ? { internal: true } : {}),
          ...(driver === 'overlay' && options.encryptNetworks ? { driver_opts: { encrypted: 'true' } } : {}),
        },
      ]),
  );
}
