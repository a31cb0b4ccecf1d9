import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, runProcess, type RunningProcess, waitFor } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { peakMemoryMb, usageOf } from '../fleet/process-cost.js';
import { type Contender, runInterleaved } from '../interleaved-rounds.js';
import { isReady, pidOf, startApp } from '../processes.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { quantile } from '../spread.js';
import { StreamClients } from './stream-clients.js';

const CLIENTS = 1_000;
const GROUP = 'stream';
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'p50Ms', head: 'p50, ms', decimals: 1 },
    { figure: 'p99Ms', head: 'p99, ms', decimals: 1 },
    { figure: 'maxMs', head: 'the last client, ms', decimals: 1 },
    { figure: 'cpuMsPerEvent', head: 'CPU for one event, ms', decimals: 1 },
    { figure: 'memoryMb', head: 'peak memory, MB', decimals: 0 },
  ],
  ratio: { baseline: 'bare', figure: 'maxMs' },
};

export interface StreamBenchmarkOptions {
  readonly rounds: number;
  /** Measurements of one round. */
  readonly events: number;
  readonly print: (line: string) => void;
}

/** A measurement on its way to 1,000 open streams: the ingest API beside a bare server that only writes it to each. */
export async function streamBenchmark({ rounds, events, print }: StreamBenchmarkOptions): Promise<Section> {
  await using cleanup = new Cleanup();
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-stream-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const [apiPort, barePort] = [await freePort(), await freePort()];
  const api = cleanup.use(
    startApp('ingest-api', {
      PORT: String(apiPort),
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
    }),
  );
  await isReady(`http://127.0.0.1:${apiPort}`);
  const module = fileURLToPath(new URL('bare-stream.js', import.meta.url));
  const bare = cleanup.use(runProcess(process.execPath, [module, String(barePort)], { name: 'bare stream' }));
  await waitFor(
    async () => (await fetch(`http://127.0.0.1:${barePort}/`, { method: 'POST' })).status === 201,
    {
      timeoutMs: 30_000,
      describe: 'the bare stream',
    },
  );
  const contenders = [
    await contender('bare', `http://127.0.0.1:${barePort}`, bare, events, cleanup),
    await contender('ingest-api', `http://127.0.0.1:${apiPort}`, api, events, cleanup),
  ];
  const figures = await runInterleaved(contenders, rounds);
  for (const row of comparisonRows(figures, SHOWN)) print(`  ${row.join(' | ')}`);
  return {
    title: `A measurement on its way to ${CLIENTS.toLocaleString('en')} open streams`,
    notes: [
      `${rounds} rounds of ${events} measurements each, in turns; from before the POST to the arrival at a client. The API checks, ` +
        'stores and publishes the measurement; the bare server only writes it to each stream. All clients are in one other ' +
        "process on the same machine, whose own work is a part of the last client's time.",
    ],
    columns: comparisonHeads(SHOWN),
    rows: comparisonRows(figures, SHOWN),
    plots: [
      comparisonPlot(figures, { figure: 'p50Ms', title: 'Half of the clients have it', unit: 'ms' }),
      comparisonPlot(figures, { figure: 'maxMs', title: 'All clients have it', unit: 'ms' }),
    ],
    data: { clients: CLIENTS, events, rounds: Object.fromEntries(figures) },
  };
}

async function contender(
  name: string,
  url: string,
  server: RunningProcess,
  events: number,
  cleanup: Cleanup,
): Promise<Contender> {
  const clients = cleanup.use(await StreamClients.connect(url, GROUP, CLIENTS));
  let timestamp = Date.now() - 86_400_000;
  return {
    name,
    measure: async () => {
      const pids = [pidOf(server)];
      const before = usageOf(pids).cpuSeconds;
      const latencies: number[] = [];
      const last: number[] = [];
      for (let event = 0; event < events; event += 1) {
        timestamp += 5_000;
        const arrived = await deliver(url, timestamp, clients);
        latencies.push(...arrived);
        last.push(Math.max(...arrived));
      }
      return {
        p50Ms: quantile(latencies, 0.5),
        p99Ms: quantile(latencies, 0.99),
        maxMs: quantile(last, 0.5),
        cpuMsPerEvent: ((usageOf(pids).cpuSeconds - before) / events) * 1_000,
        memoryMb: peakMemoryMb(pids),
      };
    },
  };
}

/** Posts a measurement; resolves, when all clients have it, with how long each of them has waited for it, in ms. */
async function deliver(url: string, timestamp: number, clients: StreamClients): Promise<number[]> {
  const arrived: number[] = [];
  const begun = performance.now();
  clients.onMeasurement((seen) => {
    if (seen === timestamp) arrived.push(performance.now() - begun);
  });
  const response = await fetch(`${url}/api/v1/measurements`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ group: GROUP, timestamp, value: 79.5 }),
  });
  if (response.status !== 201) throw new Error(`${url} answers ${response.status}: ${await response.text()}`);
  await waitFor(() => arrived.length >= clients.count, {
    timeoutMs: 30_000,
    intervalMs: 5,
    describe: `a measurement at ${clients.count} clients`,
  });
  return arrived;
}
