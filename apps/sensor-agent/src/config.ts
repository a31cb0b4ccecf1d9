import { randomInt } from 'node:crypto';
import { sensorIdSchema } from '@atalaya/contracts';
import { assertZnodePath, parseConnectString } from '@atalaya/coordination';
import {
  acceptedBy,
  durationMs,
  integer,
  logLevel,
  port,
  zookeeperAuth,
  zookeeperTransport,
} from '@atalaya/service-kit';
import { z } from 'zod';
import { parseSource, SourceSyntaxError } from './sources/parse-source.js';

/** Room for the suffix `-100000` within the 128 characters of a sensor's id. */
const MAX_INSTANCE_ID_LENGTH = 120;

/** The environment of a sensor agent. */
export const sensorAgentSchema = z.object({
  ZOOKEEPER_HOSTS: acceptedBy(parseConnectString).default('localhost:2181'),
  ZOOKEEPER_SESSION_TIMEOUT_MS: durationMs({ min: 100, max: 3_600_000 }).default(10_000),
  ZOOKEEPER_AUTH: zookeeperAuth().optional(),
  ZOOKEEPER_TRANSPORT: zookeeperTransport().default('wire'),
  INSTANCE_ID: sensorIdSchema
    .max(MAX_INSTANCE_ID_LENGTH, `must have at most ${MAX_INSTANCE_ID_LENGTH} characters`)
    .refine((id) => id !== '.' && id !== '..', "must not be '.' or '..'")
    .default(() => String(randomInt(10_000_000, 100_000_000))),
  SENSORS_PATH: acceptedBy(assertZnodePath)
    .refine((path) => path !== '/', 'must not be the root')
    .default('/atalaya/sensors'),
  SENSOR_COUNT: integer({ min: 1, max: 100_000 }).default(1),
  SENSOR_SOURCE: z
    .string()
    .transform((text, context) => {
      try {
        return parseSource(text);
      } catch (error) {
        if (!(error instanceof SourceSyntaxError)) throw error;
        context.addIssue({ code: 'custom', message: error.message });
        return z.NEVER;
      }
    })
    .prefault('random:75:85'),
  SAMPLE_INTERVAL_MS: durationMs({ min: 10, max: 86_400_000 }).default(5_000),
  HEALTH_PORT: port().optional(),
  LOG_LEVEL: logLevel(),
});

export type SensorAgentConfig = Readonly<z.output<typeof sensorAgentSchema>>;

/** Second names of variables. */
export const sensorAgentAliases = { ZOOKEEPER_HOSTS: 'ZOOKEEPER_HOST' };

/** Ids of the hosted sensors: the instance's own, or `<instance>-1`, `-2`, … for more than one. */
export function sensorIds(config: Pick<SensorAgentConfig, 'INSTANCE_ID' | 'SENSOR_COUNT'>): string[] {
  if (config.SENSOR_COUNT === 1) return [config.INSTANCE_ID];
  return Array.from({ length: config.SENSOR_COUNT }, (_, index) => `${config.INSTANCE_ID}-${index + 1}`);
}
