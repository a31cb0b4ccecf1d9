import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@atalaya/coordination';
import { freePort, type RunningProcess, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { memoryNowMb } from '../fleet/process-cost.js';
import { type Contender, runInterleaved } from '../interleaved-rounds.js';
import { pidOf, startApp } from '../processes.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { type FreshClone, startFreshClone } from './fresh-clone.js';

/** After its start a process is at rest when so much time has gone by, in ms. */
const REST_MS = 3_000;
const BASELINE = 'an empty Node.js';
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'ms', head: 'ms', decimals: 0 },
    { figure: 'memoryMb', head: 'memory at rest, MB', decimals: 0 },
  ],
  ratio: { baseline: BASELINE, figure: 'ms' },
};

export interface StartBenchmarkOptions {
  readonly rounds: number;
  /** Whether `npm start` in a fresh clone is measured, too, once. */
  readonly freshClone: boolean;
  readonly print: (line: string) => void;
}

/** From the start of a process to the first thing that it is there for, and what it holds in memory when nothing happens. */
export async function startBenchmark({ rounds, freshClone, print }: StartBenchmarkOptions): Promise<Section> {
  await using cleanup = new Cleanup();
  const zookeeper = cleanup.use(await startZooKeeper());
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-start-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const client = cleanup.use(createClient({ hosts: zookeeper.connectString, sessionTimeoutMs: 10_000 }));
  for (const path of ['/atalaya/sensors', '/atalaya/election']) await client.ensurePath(path);
  const figures = await runInterleaved(
    [
      emptyNode(),
      { name: 'sensor-agent: first value', measure: () => sensorAgent(client, zookeeper.connectString) },
      {
        name: 'leader-aggregator: elected',
        measure: () => leaderAggregator(client, zookeeper.connectString),
      },
      { name: 'ingest-api: first request', measure: () => ingestApi(folder) },
    ],
    rounds,
  );
  for (const row of comparisonRows(figures, SHOWN)) print(`  ${row.join(' | ')}`);
  const clone = freshClone ? await startFreshClone() : undefined;
  const cloned = clone === undefined ? [] : [describe(clone)];
  for (const line of cloned) print(`  ${line}`);
  return {
    title: 'From the start of a process to its first work',
    notes: [
      `${rounds} rounds in turns. The sensor's value is there when its znode is; the leader when it is elected, with nobody ` +
        `before it; the API when it answers \`/readyz\`. Memory is what is resident ${REST_MS / 1_000} s later.`,
      ...cloned,
    ],
    columns: comparisonHeads(SHOWN),
    rows: comparisonRows(figures, SHOWN),
    plots: [
      comparisonPlot(figures, { figure: 'ms', title: 'To the first work', unit: 'ms' }),
      comparisonPlot(figures, { figure: 'memoryMb', title: 'Memory at rest', unit: 'MB' }),
    ],
    data: { rounds: Object.fromEntries(figures), freshClone: clone },
  };
}

function describe({ dependenciesS, buildS, processesS, totalS }: FreshClone): string {
  const shown = [totalS, dependenciesS, buildS, processesS].map((seconds) => seconds.toFixed(1));
  return (
    `\`npm start\` in a fresh clone, once, with npm's cache as it was and the system's packages there: ${shown[0]} s, of which ` +
    `${shown[1]} s are the dependencies, ${shown[2]} s the build and ZooKeeper, and ${shown[3]} s the processes.`
  );
}

function emptyNode(): Contender {
  return {
    name: BASELINE,
    measure: async () => {
      const begun = performance.now();
      const child = spawn(process.execPath, ['-e', 'console.log(); setInterval(() => {}, 1000)']);
      try {
        await once(child.stdout, 'data');
        const ms = performance.now() - begun;
        await delay(REST_MS);
        return { ms, memoryMb: memoryNowMb(child.pid ?? 0) };
      } finally {
        child.kill('SIGKILL');
      }
    },
  };
}

async function sensorAgent(client: Client, hosts: string): Promise<Record<string, number>> {
  const begun = performance.now();
  await using agent = startApp('sensor-agent', { ZOOKEEPER_HOSTS: hosts, INSTANCE_ID: 'sensor-1' });
  await waitFor(async () => (await client.children('/atalaya/sensors')).includes('sensor-1'), {
    timeoutMs: 60_000,
    intervalMs: 5,
    describe: "the sensor's value",
  });
  const figures = await atRest(agent, begun);
  await agent.stop();
  await nobody(client, '/atalaya/sensors');
  return figures;
}

async function leaderAggregator(client: Client, hosts: string): Promise<Record<string, number>> {
  const begun = performance.now();
  await using leader = startApp('leader-aggregator', { ZOOKEEPER_HOSTS: hosts, LOG_LEVEL: 'info' });
  await leader.waitForLog(({ msg }) => msg === 'Elected leader', { timeoutMs: 60_000 });
  const figures = await atRest(leader, begun);
  await leader.stop();
  await nobody(client, '/atalaya/election');
  return figures;
}

async function ingestApi(folder: string): Promise<Record<string, number>> {
  const port = await freePort();
  const begun = performance.now();
  await using api = startApp('ingest-api', { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'warn' });
  await waitFor(async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok, {
    timeoutMs: 60_000,
    intervalMs: 5,
    describe: 'the first answer of the ingest API',
  });
  return await atRest(api, begun);
}

async function atRest(process: RunningProcess, begun: number): Promise<Record<string, number>> {
  const ms = performance.now() - begun;
  await delay(REST_MS);
  return { ms, memoryMb: memoryNowMb(pidOf(process)) };
}

/** A process that has left must not be in the way of the next. */
async function nobody(client: Client, path: string): Promise<void> {
  await waitFor(async () => (await client.children(path)).length === 0, {
    timeoutMs: 60_000,
    describe: `nobody under ${path}`,
  });
}
