import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePort, runProcess, type RunningProcess, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { childrenRunning } from './process-cost.js';

/** Most agents, and sensors of one agent below that number of agents. */
const MAX_AGENTS = 10;
const SENSORS_PER_AGENT = 1_000;

/** The processes of a whole system, by what they do. */
export type Roles = ReadonlyMap<string, readonly number[]>;

export interface FleetSystem extends AsyncDisposable {
  readonly url: string;
  readonly roles: Roles;
  /** Resolves when a tick with the values of all sensors is stored. */
  complete(timeoutMs: number): Promise<void>;
}

/** Starts a ZooKeeper, an ingest API with the embedded store, the leader, and agents with so many sensors in all. */
export async function startFleetSystem(sensors: number): Promise<FleetSystem> {
  const zookeeper = await startZooKeeper({ tickTimeMs: 2_000 });
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-fleet-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const ensemble = { ZOOKEEPER_HOSTS: zookeeper.connectString, LOG_LEVEL: 'warn' };
  const api = app('ingest-api', { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'warn' });
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 30_000,
    describe: 'the ingest API',
  });
  const leader = app('leader-aggregator', { ...ensemble, INSTANCE_ID: 'candidate-1', INGEST_URL: url });
  const agentCount = Math.min(MAX_AGENTS, Math.ceil(sensors / SENSORS_PER_AGENT));
  const agents = Array.from({ length: agentCount }, (_, index) => {
    const share = Math.floor(sensors / agentCount) + (index < sensors % agentCount ? 1 : 0);
    return app('sensor-agent', {
      ...ensemble,
      INSTANCE_ID: `agent-${index + 1}`,
      SENSOR_COUNT: String(share),
      ZOOKEEPER_SESSION_TIMEOUT_MS: '30000',
    });
  });
  return {
    url,
    roles: new Map([
      ['ZooKeeper', childrenRunning('java')],
      ['agents', agents.map(pidOf)],
      ['leader', [pidOf(leader)]],
      ['API with store', [pidOf(api)]],
    ]),
    complete: (timeoutMs) =>
      waitFor(
        async () => {
          const { count } = (await (await fetch(`${url}/api/v1/status`)).json()) as { count?: number };
          return count === sensors;
        },
        { timeoutMs, intervalMs: 250, describe: `a tick with the values of ${sensors} sensors` },
      ).then(() => {}),
    async [Symbol.asyncDispose]() {
      await Promise.all([...agents, leader].map((process) => process.kill()));
      await api.stop();
      await zookeeper.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function app(name: string, env: Record<string, string>): RunningProcess {
  const folder = dirname(createRequire(import.meta.url).resolve(`@atalaya/${name}/package.json`));
  return runProcess(process.execPath, [join(folder, 'dist', 'main.js')], {
    name,
    env: { HEALTH_PORT: '', ...env },
  });
}

function pidOf(process: RunningProcess): number {
  if (process.pid === undefined) throw new Error(`${process.name} could not be started`);
  return process.pid;
}
