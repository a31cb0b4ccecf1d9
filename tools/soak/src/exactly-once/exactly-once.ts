import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Measurement, measurementListSchema } from '@atalaya/contracts';
import { freePort, reserveFreePort, waitFor } from '@atalaya/test-kit';
import { Pool } from 'undici';
import { seededRandom } from '../random.js';
import { NodeProcess } from '../node-process.js';
import { ReportSender } from './report-sender.js';
import { planSendings } from './sending.js';

const TICK_MS = 5_000;
const GROUP = 'soak';
const PAGE = 10_000;

export interface ExactlyOnceOptions {
  ticks: number;
  seed: number;
  /** API processes on one store. */
  apis: number;
  /** How often the store is killed (SIGKILL) and started again, spread evenly over the run. */
  storeKills: number;
  /** Reports that are on their way at a time. */
  concurrency: number;
  print: (line: string) => void;
}

export interface ExactlyOnceResult {
  /** What must not be; empty in a good run. */
  violations: string[];
  sent: number;
  retries: number;
  acknowledged: number;
  refusedStale: number;
  read: number;
}

/**
 * Sends ticks with duplicates, out of order and some with stale tokens to several API processes on one store, which is
 * killed and restarted in between; then reads everything back. Every acknowledged tick must be there once with its
 * first value, nothing of a stale token, and nothing else.
 */
export async function exactlyOnce(options: ExactlyOnceOptions): Promise<ExactlyOnceResult> {
  const { ticks, seed, apis: apiCount, storeKills, concurrency, print } = options;
  const random = seededRandom(seed);
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-soak-'));
  using reservation = await reserveFreePort();
  const storePort = reservation.port;
  const storeModule = fileURLToPath(new URL('../../dist/exactly-once/store-process.js', import.meta.url));
  await using store = new NodeProcess(storeModule, [`--port=${storePort}`, `--data=${folder}`]);
  const urls: string[] = [];
  const processes: NodeProcess[] = [];
  try {
    for (let index = 0; index < apiCount; index += 1) {
      const port = await freePort();
      urls.push(`http://127.0.0.1:${port}`);
      processes.push(startApi(port, storePort));
    }
    await Promise.all(urls.map((url) => ready(url)));
    const pools = urls.map(
      (url) => new Pool(url, { connections: 32, headersTimeout: 15_000, bodyTimeout: 15_000 }),
    );
    const firstTick = Math.floor((Date.now() - ticks * TICK_MS) / TICK_MS) * TICK_MS;
    const plan = planSendings({ ticks, random, firstTick, tickMs: TICK_MS });
    let done = 0;
    const ticksPerTerm = Math.ceil(ticks / 20);
    const sender = new ReportSender({
      apis: pools,
      group: GROUP,
      random,
      // The first term has a token that leaves room for a stale one below it.
      token: () => 10n + BigInt(Math.floor(done / ticksPerTerm)),
    });
    const kills = killer(store, storeKills, plan.length, print);
    // A term must have written before an older token can be told to be stale.
    await sender.send({ timestamp: firstTick - TICK_MS, value: 0, stale: false });
    let next = 0;
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (let sending = plan[next++]; sending !== undefined; sending = plan[next++]) {
          await sender.send(sending);
          done += 1;
          kills.progress(done);
        }
      }),
    );
    await kills.finished();
    await Promise.all(urls.map((url) => ready(url)));
    const measurements = await readAll(urls[0] ?? '', firstTick - TICK_MS);
    await Promise.all(pools.map((pool) => pool.close()));
    const violations = [...sender.violations, ...compare(sender, measurements, ticks + 1)];
    return {
      violations,
      sent: plan.length,
      retries: sender.retries,
      acknowledged: sender.stored.size,
      refusedStale: sender.refusedStale,
      read: measurements.length,
    };
  } finally {
    await Promise.all(processes.map((process) => process[Symbol.asyncDispose]()));
    await store[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

function startApi(port: number, storePort: number): NodeProcess {
  const app = dirname(createRequire(import.meta.url).resolve('@atalaya/ingest-api/package.json'));
  return new NodeProcess(join(app, 'dist', 'main.js'), [], {
    PORT: String(port),
    REDIS_URL: `redis://127.0.0.1:${storePort}`,
    WRITE_RATE_LIMIT_PER_MINUTE: '0',
    RETENTION_MS: String(10 * 365 * 86_400_000),
    LOG_LEVEL: 'fatal',
  });
}

async function ready(url: string): Promise<void> {
  await waitFor(async () => (await fetch(`${url}/readyz`)).ok, {
    timeoutMs: 60_000,
    describe: `${url} to be ready`,
  });
}

/** Kills and restarts the store each time that another part of the reports is done. */
function killer(
  store: NodeProcess,
  kills: number,
  reports: number,
  print: (line: string) => void,
): { progress: (done: number) => void; finished: () => Promise<void> } {
  let killed = 0;
  let last: Promise<void> = Promise.resolve();
  return {
    progress: (done) => {
      if (killed >= kills || done < ((killed + 1) * reports) / (kills + 1)) return;
      killed += 1;
      print(`${done} of ${reports} reports: the store is killed and restarted`);
      last = last.then(async () => {
        await store.end('SIGKILL');
        store.start();
      });
    },
    finished: () => last,
  };
}

async function readAll(url: string, from: number): Promise<Measurement[]> {
  const all: Measurement[] = [];
  for (let start = from; ;) {
    const query = new URLSearchParams({ group: GROUP, from: String(start), limit: String(PAGE) });
    const response = await fetch(`${url}/api/v1/measurements?${query.toString()}`);
    if (!response.ok) throw new Error(`reading back: ${response.status} ${await response.text()}`);
    const { measurements } = measurementListSchema.parse(await response.json());
    all.push(...measurements);
    const last = measurements.at(-1);
    if (last === undefined || measurements.length < PAGE) return all;
    start = last.timestamp + 1;
  }
}

function compare(sender: ReportSender, measurements: readonly Measurement[], expected: number): string[] {
  const violations: string[] = [];
  const values = new Map<number, number>();
  for (const { timestamp, value } of measurements) {
    if (values.has(timestamp)) violations.push(`tick ${timestamp}: read twice`);
    values.set(timestamp, value);
  }
  for (const [timestamp, value] of sender.stored) {
    if (values.get(timestamp) !== value) {
      violations.push(`tick ${timestamp}: acknowledged with ${value}, read ${String(values.get(timestamp))}`);
    }
  }
  for (const [timestamp, value] of sender.kept) {
    if (values.get(timestamp) !== value) {
      violations.push(
        `tick ${timestamp}: said to be kept as ${value}, read ${String(values.get(timestamp))}`,
      );
    }
  }
  if (values.size !== expected) violations.push(`${values.size} ticks were read, ${expected} were sent`);
  return violations;
}
