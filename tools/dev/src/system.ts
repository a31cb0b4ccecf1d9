import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type StartedZooKeeper, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { describeExit, ServiceProcess } from './service-process.js';
import { aborted } from './stop-request.js';

const START_TIMEOUT_MS = 60_000;

export interface SystemOptions {
  sensors: number;
  aggregators: number;
  /** Port of the ingest API. */
  port: number;
  print: (line: string) => void;
  /** Aborts a start that is under way. */
  signal: AbortSignal;
}

export interface System {
  readonly url: string;
  /** Ends all that was started: first the candidates and sensors, then the API, then the ZooKeeper. */
  close(): Promise<void>;
}

/**
 * Starts a ZooKeeper (unless `ZOOKEEPER_HOSTS` names one) and the ingest API, then the sensors and the candidates, and
 * resolves when all have started and the API is ready. A process that ends later is reported; the others go on.
 *
 * @throws when one of them does not start; what was started before is ended again
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { port, print, signal } = options;
  const url = `http://127.0.0.1:${port}`;
  const named = process.env.ZOOKEEPER_HOSTS ?? process.env.ZOOKEEPER_HOST;
  const zookeeper = await startZooKeeper({ env: { ...process.env, ZOOKEEPER_HOSTS: named }, signal });
  print(`ZooKeeper: ${zookeeper.connectString}`);
  const api = startService(print, 'ingest-api', 'ingest-api', { PORT: String(port) });
  const fleet: ServiceProcess[] = [];
  let closing = false;
  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all(fleet.map((service) => service.end()));
    await api.end();
    await zookeeper.close();
  };
  try {
    await Promise.race([api.ready(), aborted(signal)]);
    await apiIsReady(url, signal);
    fleet.push(...startFleet(options, url, zookeeper));
    await Promise.race([Promise.all(fleet.map((service) => service.ready())), aborted(signal)]);
  } catch (error) {
    await close();
    if (!signal.aborted) throw error;
  }
  for (const service of [api, ...fleet]) {
    void service.exited.then((exit) => {
      if (!closing) print(`${service.id} has ended (${describeExit(exit)}); the others go on`);
    });
  }
  return { url, close };
}

function startFleet(options: SystemOptions, url: string, zookeeper: StartedZooKeeper): ServiceProcess[] {
  const { sensors, aggregators, print } = options;
  // One port cannot serve the health of many processes on one machine.
  const ensemble = { ZOOKEEPER_HOSTS: zookeeper.connectString, HEALTH_PORT: '' };
  return [
    ...numbered('sensor', sensors).map((id) =>
      startService(print, id, 'sensor-agent', { ...ensemble, INSTANCE_ID: id }),
    ),
    ...numbered('candidate', aggregators).map((id) =>
      startService(print, id, 'leader-aggregator', { ...ensemble, INSTANCE_ID: id, INGEST_URL: url }),
    ),
  ];
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

function startService(
  print: (line: string) => void,
  id: string,
  app: string,
  env: Readonly<Record<string, string>>,
): ServiceProcess {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve(`@atalaya/${app}/package.json`));
  return new ServiceProcess({ id, module: join(folder, 'dist', 'main.js'), env, print });
}

async function apiIsReady(url: string, signal: AbortSignal): Promise<void> {
  await waitFor(
    async () => {
      const response = await fetch(`${url}/readyz`).catch(() => undefined);
      return response?.status === 200;
    },
    { timeoutMs: START_TIMEOUT_MS, describe: `the ingest API to be ready on ${url}`, signal },
  );
}
