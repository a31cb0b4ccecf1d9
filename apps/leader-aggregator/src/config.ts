import { randomInt } from 'node:crypto';
import { candidateIdSchema, groupSchema } from '@atalaya/contracts';
import { assertZnodePath, parseConnectString } from '@atalaya/coordination';
import {
  acceptedBy,
  durationMs,
  httpUrl,
  logLevel,
  port,
  secret,
  zookeeperAuth,
  zookeeperTransport,
} from '@atalaya/service-kit';
import { z } from 'zod';

const DAY_MS = 86_400_000;

/** What stands for the name of the group in a path. */
const PLACEHOLDER = '{group}';

/** One name of a group, or several with commas between them. */
function groupList() {
  return z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(
      z
        .array(groupSchema)
        .refine((names) => new Set(names).size === names.length, 'must not name a group twice'),
    );
}

/** Of a znode whose children are the sensors or the candidates. */
const parentPath = acceptedBy(assertZnodePath).refine((path) => path !== '/', 'must not be the root');

/** The environment of a leader candidate. */
export const leaderAggregatorSchema = z
  .object({
    ZOOKEEPER_HOSTS: acceptedBy(parseConnectString).default('localhost:2181'),
    ZOOKEEPER_SESSION_TIMEOUT_MS: durationMs({ min: 100, max: 3_600_000 }).default(3_000),
    ZOOKEEPER_AUTH: zookeeperAuth().optional(),
    ZOOKEEPER_TRANSPORT: zookeeperTransport().default('wire'),
    INSTANCE_ID: candidateIdSchema.default(() => String(randomInt(10_000_000, 100_000_000))),
    SENSORS_PATH: parentPath.default('/atalaya/sensors'),
    ELECTION_PATH: parentPath.default('/atalaya/election'),
    TICK_INTERVAL_MS: durationMs({ min: 50, max: DAY_MS }).default(5_000),
    STALE_AFTER_MS: durationMs().optional(),
    INGEST_URL: httpUrl().default('http://127.0.0.1:4000'),
    INGEST_TOKEN: secret().optional(),
    GROUP: groupList().default(['default']),
    HEALTH_PORT: port().optional(),
    LOG_LEVEL: logLevel(),
  })
  .superRefine((config, context) => {
    if (config.GROUP.length < 2) return;
    for (const name of ['SENSORS_PATH', 'ELECTION_PATH'] as const) {
      if (config[name].includes(PLACEHOLDER)) continue;
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `must contain ${PLACEHOLDER} where GROUP names several: each has sensors and an election of its own`,
      });
    }
  });

export type LeaderAggregatorConfig = Readonly<z.output<typeof leaderAggregatorSchema>>;

/** The configuration of one group: its name, and its own paths. */
export type GroupConfig = Omit<LeaderAggregatorConfig, 'GROUP'> & { readonly GROUP: string };

/** The configuration of each group. */
export function groupConfigs(config: LeaderAggregatorConfig): GroupConfig[] {
  return config.GROUP.map((group) => ({
    ...config,
    GROUP: group,
    SENSORS_PATH: config.SENSORS_PATH.replaceAll(PLACEHOLDER, group),
    ELECTION_PATH: config.ELECTION_PATH.replaceAll(PLACEHOLDER, group),
  }));
}

/** Second names of variables. */
export const leaderAggregatorAliases = { ZOOKEEPER_HOSTS: 'ZOOKEEPER_HOST' };

/** Age from which a value is left out of the mean. */
export function staleAfterMs(
  config: Pick<LeaderAggregatorConfig, 'STALE_AFTER_MS' | 'TICK_INTERVAL_MS'>,
): number {
  return config.STALE_AFTER_MS ?? 3 * config.TICK_INTERVAL_MS;
}

/** Znode with the identity of the ensemble, beside the election. */
export function ensemblePath(config: Pick<LeaderAggregatorConfig, 'ELECTION_PATH'>): string {
  const slash = config.ELECTION_PATH.lastIndexOf('/');
  return `${config.ELECTION_PATH.slice(0, slash)}/ensemble`;
}

/** Parent of the ticks that one leader hands over to the next, beside the election. */
export function handOverPath(config: Pick<LeaderAggregatorConfig, 'ELECTION_PATH'>): string {
  return `${config.ELECTION_PATH}-undelivered`;
}
