import { setMaxListeners } from 'node:events';
import { type Client, createClient, transports } from '@atalaya/coordination';
import {
  OutageReporter,
  type RunningService,
  type ServiceContext,
  startHealthServer,
} from '@atalaya/service-kit';
import { type SensorAgentConfig, sensorIds } from './config.js';
import { createSensorAgentMetrics } from './metrics.js';
import { Sampler } from './sampling/sampler.js';
import { sampleForEver } from './sampling/sampling-loop.js';
import { ConflictReporter } from './sensors/conflict-reporter.js';
import { HostedSensor } from './sensors/hosted-sensor.js';

/**
 * Starts the sensors of one process in one ZooKeeper session. Resolves at once, ZooKeeper there or not; `close()` ends
 * the session, and with it the znodes.
 */
export async function startSensorAgent(
  config: SensorAgentConfig,
  context: ServiceContext,
): Promise<RunningService> {
  const { logger, health } = context;
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  const client = connectTo(config, context);

  const conflicts = new ConflictReporter(logger, config.SENSORS_PATH);
  const registration = new OutageReporter({
    logger,
    subject: `the registration under ${config.SENSORS_PATH}`,
    advice: 'trying again with each sample',
  });
  const sensors = sensorIds(config).map(
    (id) =>
      new HostedSensor({
        id,
        client,
        parentPath: config.SENSORS_PATH,
        signal: stop.signal,
        events: {
          conflict: (held, owner) => {
            conflicts.conflict(held, owner);
          },
          registered: (taken) => {
            conflicts.taken(taken);
            registration.recovered();
          },
          failed: (error) => {
            registration.failed(error);
          },
        },
      }),
  );
  const countRegistered = (): number => sensors.filter((sensor) => sensor.registered).length;
  const metrics = createSensorAgentMetrics(context.metrics, countRegistered);

  health.addReadinessCheck('zookeeper', () => {
    if (client.state !== 'connected') throw new Error(`the session is ${client.state}`);
  });
  health.addReadinessCheck('sensors', () => {
    const registered = countRegistered();
    if (registered < sensors.length) throw new Error(`${registered} of ${sensors.length} are registered`);
  });
  const healthServer =
    config.HEALTH_PORT === undefined
      ? undefined
      : await startHealthServer({ port: config.HEALTH_PORT, health, metrics: context.metrics });

  logger.info(
    { instance: config.INSTANCE_ID, sensors: sensors.length, path: config.SENSORS_PATH },
    `sampling ${config.SENSOR_SOURCE.description} every ${config.SAMPLE_INTERVAL_MS} ms`,
  );
  const sampling = sampleForEver({
    sampler: new Sampler(config.SENSOR_SOURCE, sensors.length),
    intervalMs: config.SAMPLE_INTERVAL_MS,
    onValue: (sensor, value, patience) => {
      sensors[sensor]?.report(value, patience);
    },
    outage: new OutageReporter({ logger, subject: `the value of ${config.SENSOR_SOURCE.description}` }),
    metrics,
    signal: stop.signal,
  });
  sampling.catch((error: unknown) => {
    // Nothing in the loop rejects but the end of the process; whatever else does is a defect and must be seen.
    if (!stop.signal.aborted) throw error;
  });

  return {
    async close() {
      stop.abort(new Error('the sensor agent ends'));
      await sampling.catch(() => {});
      conflicts.close();
      await Promise.all([client.close(), healthServer?.close()]);
    },
  };
}

function connectTo(config: SensorAgentConfig, context: ServiceContext): Client {
  const [user, ...password] = config.ZOOKEEPER_AUTH?.split(':') ?? [];
  return createClient({
    hosts: config.ZOOKEEPER_HOSTS,
    sessionTimeoutMs: config.ZOOKEEPER_SESSION_TIMEOUT_MS,
    auth: user === undefined ? undefined : { user, password: password.join(':') },
    transport: transports[config.ZOOKEEPER_TRANSPORT],
    logger: context.logger,
  });
}
