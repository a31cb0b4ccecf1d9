import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { measurementListSchema } from '@atalaya/contracts';
import { freePort, waitFor } from '@atalaya/test-kit';
import { NodeProcess } from '../node-process.js';

const PROBE_MS = 100;
/** What a health check takes that is never answered. */
const PROBE_LIMIT_MS = 10_000;
const START_LIMIT_MS = 60_000;

/** An API process with a token on an embedded time series of its own, until it is disposed of. */
export async function startApi(token: string): Promise<AsyncDisposable & { url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-soak-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const package_ = createRequire(import.meta.url).resolve('@atalaya/ingest-api/package.json');
  const api = new NodeProcess(join(dirname(package_), 'dist', 'main.js'), [], {
    PORT: String(port),
    DATA_DIR: folder,
    INGEST_TOKEN: token,
    LOG_LEVEL: 'fatal',
  });
  const end = async (): Promise<void> => {
    await api.end('SIGTERM');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
      timeoutMs: START_LIMIT_MS,
      describe: `${url} to be ready`,
    });
  } catch (error) {
    await end();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: end };
}

/** Asks again and again until the signal aborts; the time of each answer in ms, infinite where there was none. */
export async function healthTimes(url: string, signal: AbortSignal): Promise<number[]> {
  const times: number[] = [];
  while (!signal.aborted) {
    const begin = performance.now();
    const ok = await fetch(url, { signal: AbortSignal.timeout(PROBE_LIMIT_MS) }).then(
      async (response) => {
        await response.text();
        return response.ok;
      },
      () => false,
    );
    times.push(ok ? performance.now() - begin : Infinity);
    await delay(PROBE_MS, undefined, { signal }).catch(() => undefined);
  }
  return times;
}

/** How many values of a group are stored from a time on, at most 10,000. */
export async function countStored(url: string, group: string, from: number): Promise<number> {
  const response = await fetch(`${url}/api/v1/measurements?group=${group}&from=${from}&limit=10000`);
  if (!response.ok) throw new Error(`reading back: ${response.status} ${await response.text()}`);
  return measurementListSchema.parse(await response.json()).measurements.length;
}
