import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, runProcess, waitFor } from '@atalaya/test-kit';
import { type Contender, ratios, type RoundFigures, runInterleaved } from '../interleaved-rounds.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { BackgroundProcess } from './background-process.js';
import { load } from './load.js';
import { running, type RunningServer, startStore } from './start-store.js';

const CONNECTIONS = 64;
const PYTHON = '/usr/bin/python3';
const WITHOUT_FLASK = `Flask was left out: ${PYTHON} has none (Debian: apt-get install python3-flask), or the store is elsewhere.`;
const BATCH_SIZE = 500;
/** Batches are sent over fewer connections: the values on their way are what counts. */
const BATCH_CONNECTIONS = 4;
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'requestsPerSecond', head: 'requests a second', decimals: 0 },
    { figure: 'valuesPerSecond', head: 'values a second', decimals: 0 },
    { figure: 'p50Ms', head: 'p50, ms', decimals: 1 },
    { figure: 'p99Ms', head: 'p99, ms', decimals: 1 },
  ],
  ratio: { baseline: 'bare', figure: 'valuesPerSecond' },
};

export interface IngestBenchmarkOptions {
  rounds: number;
  durationS: number;
  print: (line: string) => void;
}

/**
 * The ingest API beside a bare Fastify route that does one `TS.ADD`, on one store: `REDIS_URL`, or an embedded time
 * series in a process of its own.
 */
export async function ingestBenchmark(options: IngestBenchmarkOptions): Promise<Section> {
  const { rounds, durationS, print } = options;
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-'));
  try {
    const named = process.env.REDIS_URL;
    await using store =
      named === undefined ? await startStore(folder) : { url: named, [Symbol.asyncDispose]: noop };
    await using bare = await startBareRoute(store.url);
    await using api = await startApi(store.url);
    await using flask = await startFlask(store.url);
    const contenders = [
      contender('bare', bare.url, '/measurements', durationS),
      contender('api', api.url, '/api/v1/measurements', durationS),
      batchContender('batch', api.url, durationS),
      ...(flask === undefined ? [] : [getContender('Flask', flask.url, '/detectar?dato=79.5', durationS)]),
    ];
    if (flask === undefined) print(`  ${WITHOUT_FLASK}`);
    print(
      `ingest: ${rounds} rounds of ${durationS} s each, ${CONNECTIONS} connections; median (least to greatest)`,
    );
    const figures = await runInterleaved(contenders, rounds);
    for (const row of comparisonRows(figures, SHOWN)) print(`  ${row.join(' | ')}`);
    return sectionOf(figures, {
      rounds,
      durationS,
      embedded: named === undefined,
      flask: flask !== undefined,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sectionOf(
  figures: RoundFigures,
  {
    rounds,
    durationS,
    embedded,
    flask,
  }: { rounds: number; durationS: number; embedded: boolean; flask: boolean },
): Section {
  return {
    title: 'Storing measurements over HTTP',
    notes: [
      `${rounds} rounds of ${durationS} s in turns, ${CONNECTIONS} connections, one value a request; a batch holds ` +
        `${BATCH_SIZE} reports and comes over ${BATCH_CONNECTIONS} connections. All store in ` +
        `${embedded ? 'an embedded time series in a process of its own' : 'the Redis that REDIS_URL names'}. The bare route is ` +
        'Fastify with one TS.ADD and nothing else: no checks, no fencing, no events. Flask is its development server with ' +
        'threads and one TS.ADD, as the reference system runs it.',
      ...(flask ? [] : [WITHOUT_FLASK]),
    ],
    columns: comparisonHeads(SHOWN),
    rows: comparisonRows(figures, SHOWN),
    plots: [
      comparisonPlot(figures, {
        figure: 'valuesPerSecond',
        title: 'Values stored',
        unit: 'a second',
        scale: 'logarithmic',
      }),
    ],
    data: {
      rounds: Object.fromEntries(figures),
      apiPerBare: ratios(figures, 'requestsPerSecond', 'api', 'bare'),
      batchPerApi: ratios(figures, 'valuesPerSecond', 'batch', 'api'),
    },
  };
}

const noop = (): Promise<void> => Promise.resolve();

async function startBareRoute(redisUrl: string): Promise<RunningServer> {
  const port = await freePort();
  const module = fileURLToPath(new URL('./bare-route.js', import.meta.url));
  const server = new BackgroundProcess(module, [redisUrl, String(port)]);
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/`);
  return running(url, server);
}

async function startApi(redisUrl: string): Promise<RunningServer> {
  const port = await freePort();
  const app = dirname(createRequire(import.meta.url).resolve('@atalaya/ingest-api/package.json'));
  const server = new BackgroundProcess(join(app, 'dist', 'main.js'), [], {
    PORT: String(port),
    REDIS_URL: redisUrl,
    WRITE_RATE_LIMIT_PER_MINUTE: '0',
    LOG_LEVEL: 'warn',
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 30_000,
    describe: 'the ingest API',
  });
  return running(url, server);
}

/** Undefined where the system's Python has no Flask, or the store is not on this machine. */
async function startFlask(redisUrl: string): Promise<RunningServer | undefined> {
  const { hostname, port: storePort, password } = new URL(redisUrl);
  if (spawnSync(PYTHON, ['-c', 'import flask'], { stdio: 'ignore' }).status !== 0) return undefined;
  if (hostname !== '127.0.0.1' || password !== '') return undefined;
  const port = await freePort();
  const script = fileURLToPath(new URL('../../programs/flask_ingest.py', import.meta.url));
  const program = runProcess(PYTHON, [script, String(port), storePort], { name: 'Flask' });
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/`);
  return running(url, program);
}

async function answers(url: string): Promise<void> {
  await waitFor(async () => (await fetch(url)).status > 0, { timeoutMs: 30_000, describe: url });
}

/** Time between two ticks of a group, and where the first one is: so far back that no run comes to the present. */
const TICK_MS = 5_000;
const FIRST_TICK_AGO_MS = 10 * 365 * 86_400_000;

/** Ticks that no other request has, in order, as far apart as those of a group are. */
function timestamps(): () => number {
  let next = Math.floor((Date.now() - FIRST_TICK_AGO_MS) / TICK_MS) * TICK_MS;
  return () => (next += TICK_MS);
}

function contender(name: string, url: string, path: string, durationS: number): Contender {
  const next = timestamps();
  return {
    name,
    measure: async () => {
      const nextBody = (): string => JSON.stringify({ group: 'bench', timestamp: next(), value: 79.5 });
      const figures = await load({ url, path, connections: CONNECTIONS, durationS, nextBody });
      return { ...figures, valuesPerSecond: figures.requestsPerSecond ?? Number.NaN };
    },
  };
}

function getContender(name: string, url: string, path: string, durationS: number): Contender {
  return {
    name,
    measure: async () => {
      const figures = await load({ url, path, connections: CONNECTIONS, durationS });
      return { ...figures, valuesPerSecond: figures.requestsPerSecond ?? Number.NaN };
    },
  };
}

function batchContender(name: string, url: string, durationS: number): Contender {
  const next = timestamps();
  return {
    name,
    measure: async () => {
      const nextBody = (): string =>
        JSON.stringify({
          reports: Array.from({ length: BATCH_SIZE }, () => ({
            group: 'bench-batch',
            timestamp: next(),
            value: 79.5,
          })),
        });
      const path = '/api/v1/measurements/batch';
      const figures = await load({ url, path, connections: BATCH_CONNECTIONS, durationS, nextBody });
      return { ...figures, valuesPerSecond: (figures.requestsPerSecond ?? Number.NaN) * BATCH_SIZE };
    },
  };
}
