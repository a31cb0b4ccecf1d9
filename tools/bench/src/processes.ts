import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runProcess, type RunningProcess, waitFor } from '@atalaya/test-kit';

/** Starts one of the apps, without a port for its health unless the environment names one. */
export function startApp(
  name: 'sensor-agent' | 'leader-aggregator' | 'ingest-api',
  env: Readonly<Record<string, string>>,
): RunningProcess {
  const folder = dirname(createRequire(import.meta.url).resolve(`@atalaya/${name}/package.json`));
  return runProcess(process.execPath, [join(folder, 'dist', 'main.js')], {
    name,
    env: { HEALTH_PORT: '', REDIS_URL: '', INGEST_TOKEN: '', ...env },
  });
}

/** @throws when the program could not be started */
export function pidOf(process: RunningProcess): number {
  if (process.pid === undefined) throw new Error(`${process.name} could not be started`);
  return process.pid;
}

/** Resolves when a service at this address is ready. */
export async function isReady(url: string): Promise<void> {
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 60_000,
    describe: `${url} to be ready`,
  });
}
