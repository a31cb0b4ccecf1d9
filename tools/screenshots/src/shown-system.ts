import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect } from '@atalaya/coordination';
import { freePort, runProcess, type RunningProcess, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { storeHistory } from './shown-history.js';
import { INVALID_SENSOR, SENSORS } from './shown-values.js';
import { startValueServer } from './value-server.js';

const SENSORS_PATH = '/atalaya/sensors';

/** Writes its value once, so that it is stale later. */
const STALE_SENSOR = 'south-yard';
const CANDIDATES = ['candidate-1', 'candidate-2', 'candidate-3'];

export interface ShownSystem extends AsyncDisposable {
  readonly url: string;
  /** Kills the leader with SIGKILL, and resolves with its id. */
  killLeader(): Promise<string>;
}

/** Starts a whole system with a past: a ZooKeeper, the API, sensors of which two are in trouble, three candidates. */
export async function startShownSystem(): Promise<ShownSystem> {
  const closers: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const zookeeper = await startZooKeeper();
    closers.push(() => zookeeper.close());
    return { ...(await startServices(zookeeper.connectString, closers)), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startServices(
  hosts: string,
  closers: (() => Promise<unknown>)[],
): Promise<Pick<ShownSystem, 'url' | 'killLeader'>> {
  const start = (name: string, env: Record<string, string>): RunningProcess => {
    const process = app(name, env);
    closers.push(() => process.stop());
    return process;
  };
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-screenshots-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const values = await startValueServer();
  closers.push(() => values.close());
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  start('ingest-api', { PORT: String(port), DATA_DIR: folder });
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 30_000, describe: 'the API' });
  const storeRest = await storeHistory(url);

  const ensemble = { ZOOKEEPER_HOSTS: hosts, SENSORS_PATH };
  for (const sensor of SENSORS.filter((name) => name !== INVALID_SENSOR)) {
    const interval = sensor === STALE_SENSOR ? { SAMPLE_INTERVAL_MS: '3600000' } : {};
    const source = { INSTANCE_ID: sensor, SENSOR_SOURCE: values.sourceOf(sensor) };
    start('sensor-agent', { ...ensemble, ...source, ...interval });
  }
  const other = await connect({ hosts });
  closers.push(() => other.close());
  await other.register(SENSORS_PATH, { id: INVALID_SENSOR, value: 'n/a' });
  await storeRest();
  const candidates = new Map(
    CANDIDATES.map((id) => [
      id,
      start('leader-aggregator', { ...ensemble, INSTANCE_ID: id, INGEST_URL: url }),
    ]),
  );
  return {
    url,
    async killLeader() {
      const { leader } = (await (await fetch(`${url}/api/v1/status`)).json()) as { leader: string | null };
      const process = candidates.get(leader ?? '');
      if (leader === null || process === undefined)
        throw new Error(`${String(leader)} leads, not one of these.`);
      await process.kill();
      return leader;
    },
  };
}

function app(name: string, env: Record<string, string>): RunningProcess {
  const folder = dirname(createRequire(import.meta.url).resolve(`@atalaya/${name}/package.json`));
  return runProcess(process.execPath, [join(folder, 'dist', 'main.js')], {
    name,
    env: { HEALTH_PORT: '', LOG_LEVEL: 'warn', ...env },
  });
}
