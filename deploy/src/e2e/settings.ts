import { z } from 'zod';

const yes = z.stringbool().default(false);

const schema = z.object({
  REGISTRY: z.string().default(''),
  TAG: z.string().default('e2e'),
  NODE_IMAGE: z.string().optional(),
  NODE_BUILD_IMAGE: z.string().optional(),
  ZOOKEEPER_IMAGE: z.string().optional(),
  REDIS_IMAGE: z.string().optional(),
  GRAFANA_IMAGE: z.string().optional(),
  PROMETHEUS_IMAGE: z.string().optional(),
  ZOOKEEPER_METRICS: z.stringbool().default(true),
  BUILD_NETWORK: z.string().optional(),
  SKIP_BUILD: yes,
  ROUTING: z.enum(['host', 'mesh']).default('host'),
  API_PORT: z.coerce.number().int().min(1).max(65_535).default(4000),
  GRAFANA_PORT: z.coerce.number().int().min(1).max(65_535).default(3000),
  API_REPLICAS: z.coerce.number().int().min(2).default(5),
  FAULTS: z.string().default(''),
  REPEAT: z.coerce.number().int().min(1).default(1),
  KEEP: yes,
});

/** What the environment says of a run. */
export type Settings = z.output<typeof schema>;

export const USAGE = `npm run e2e:swarm: deploys the stack on the local Docker engine, breaks it part by part, and counts the ticks that are missing.
Environment:
  NODE_IMAGE, NODE_BUILD_IMAGE   base images of the apps, instead of the Dockerfile's
  ZOOKEEPER_IMAGE, REDIS_IMAGE, GRAFANA_IMAGE, PROMETHEUS_IMAGE
                                 images instead of the pinned ones; 'none' leaves Grafana or Prometheus out;
                                 REDIS_IMAGE=stand-in is the embedded time series in the place of Redis
  ZOOKEEPER_METRICS=false        for a ZooKeeper without its Prometheus provider
  SKIP_BUILD=true, REGISTRY, TAG images that exist already, instead of building them
  BUILD_NETWORK=host             network of the build containers
  ROUTING=host|mesh              mesh needs IPVS in the kernel
  API_PORT, GRAFANA_PORT         published ports (4000, 3000)
  API_REPLICAS                   replicas of the API (5)
  FAULTS=zookeeper               only the faults whose name holds this text
  REPEAT=10                      so many rounds of the faults (1)
  KEEP=true                      leaves the stack running at the end`;

/**
 * Reads the environment.
 *
 * @throws {Error} naming every variable whose value is not allowed
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The environment is not understood:\n${problems.join('\n')}\n\n${USAGE}`);
}
