import { z } from 'zod';
import { THIRD_PARTY_IMAGES } from './images.js';

const replicas = (initial: number) => z.int().min(1).max(1000).default(initial);
const portNumber = (initial: number) => z.int().min(1).max(65_535).default(initial);
const imageReference = (initial: string) =>
  z
    .string()
    .regex(/^[\w.\-/:@]+$/, 'is no image reference')
    .refine((image) => /(:[\w.-]+|@sha256:[0-9a-f]{64})$/.test(image), 'must name a tag or a digest')
    .refine((image) => !image.endsWith(':latest'), "must not be 'latest': deployments could not be repeated")
    .default(initial);

const choices = z.strictObject({
  /** Name of the stack: prefix of the secrets and configs that are shared by the whole swarm. */
  stack: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be 1 to 31 lower-case letters, digits or -')
    .default('atalaya'),
  sensors: replicas(3),
  candidates: replicas(3),
  apiReplicas: replicas(5),
  /** Servers of the ZooKeeper ensemble: with 2n+1 of them n may fail. */
  zookeeperServers: z.literal([1, 3, 5], 'must be 1, 3 or 5').default(3),
  /**
   * `mesh`: virtual addresses and the routing mesh. `host`: for kernels without IPVS; services are found by DNS alone
   * and ports are published on the nodes that run the container.
   */
  routing: z.enum(['mesh', 'host']).default('mesh'),
  /** Host names under which people reach the API, where they have a dot. */
  allowedHosts: z.array(z.string().regex(/^(\*|\.?[\w-]+(\.[\w-]+)*)$/, 'is no host name')).default([]),
  apiPort: portNumber(4000),
  grafanaPort: portNumber(3000),
  visualizerPort: portNumber(8080),
  /** Prefix of the project's own images, such as `registry.example.org/team/`. */
  registry: z
    .string()
    .regex(/^([\w.\-:]+\/)*$/, "must be empty or end in '/'")
    .default(''),
  /** Tag of the project's own images. */
  tag: z
    .string()
    .regex(/^[\w][\w.-]{0,127}$/, 'is no image tag')
    .refine((tag) => tag !== 'latest', "must not be 'latest': deployments could not be repeated")
    .default('0.1.0'),
  zookeeperImage: imageReference(THIRD_PARTY_IMAGES.zookeeper),
  redisImage: imageReference(THIRD_PARTY_IMAGES.redis),
  grafanaImage: imageReference(THIRD_PARTY_IMAGES.grafana),
  prometheusImage: imageReference(THIRD_PARTY_IMAGES.prometheus),
  visualizerImage: imageReference(THIRD_PARTY_IMAGES.visualizer),
  grafana: z.boolean().default(true),
  prometheus: z.boolean().default(true),
  visualizer: z.boolean().default(false),
  /** Whether the ZooKeeper servers export metrics; needs an image with ZooKeeper's Prometheus provider. */
  zookeeperMetrics: z.boolean().default(true),
  /**
   * `scheduler`: the swarm places ZooKeeper where it likes and keeps stateful services on managers, which is right for
   * one node. `labels`: each stateful service stays on the node that carries its label.
   */
  placement: z.enum(['scheduler', 'labels']).default('scheduler'),
  /** Part of every secret's name: raised to rotate them. */
  secretsVersion: z.int().min(1).default(1),
  /** Encrypts traffic between nodes (IPsec). */
  encryptNetworks: z.boolean().default(false),
  /** Gives sensors a way out, for `SENSOR_SOURCE=http:…`. */
  sensorEgress: z.boolean().default(false),
  sensorSource: z.string().min(1).default('random:75:85'),
  tickIntervalMs: z.int().min(100).default(5000),
  /** Leaves out every service but these: for changing one ZooKeeper server at a time. */
  only: z.array(z.string()).default([]),
});

/** Every choice that the stack leaves open, with its default. */
export const stackOptionsSchema = choices.superRefine((options, context) => {
  const taken = new Set([options.apiPort]);
  for (const service of ['grafana', 'visualizer'] as const) {
    if (!options[service]) continue;
    const port = options[`${service}Port`];
    if (taken.has(port)) {
      const message = `${port} is published by another service`;
      context.addIssue({ code: 'custom', path: [`${service}Port`], message });
    }
    taken.add(port);
  }
});

/** @see stackOptionsSchema */
export type StackOptions = z.output<typeof stackOptionsSchema>;

/**
 * Fills in the defaults.
 *
 * @throws {z.ZodError} naming every option that is not allowed
 */
export function stackOptions(options: z.input<typeof stackOptionsSchema> = {}): StackOptions {
  return stackOptionsSchema.parse(options);
}
