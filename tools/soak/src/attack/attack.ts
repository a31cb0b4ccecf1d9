import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@atalaya/test-kit';
import { Pool } from 'undici';
import { countStored, healthTimes, startApi } from '../hostile-clients/attacked-api.js';
import { LeaderLoad } from '../hostile-clients/leader-load.js';
import { percentile } from '../hostile-clients/percentile.js';

const ANSWER_TIMEOUT_MS = 5_000;
const IN_PLACE_LIMIT_MS = 60_000;
const MAX_WRITE_P99_MS = 500;
const MAX_HEALTH_P99_MS = 200;

/** Ticks of 5 s, which the heavy readers ask for again and again. */
const HISTORY = { group: 'history', intervalMs: 5_000, batch: 1_000 };
/** A day and a half of them. */
const HISTORY_VALUES = 25_000;
const HEAVY_READ = `/api/v1/measurements?group=${HISTORY.group}&from=0&limit=10000`;
const SENSORS = 20;

/** What the attackers have done so far. */
export interface AttackFigures {
  sockets: { connected: number; endedByServer: number };
  streams: { connected: number; events: number; refused: number };
  reads: { answered: number; refused: number; failed: number; bytes: number };
}

export interface AttackOptions {
  seconds: number;
  tickMs: number;
  sockets: number;
  readers: number;
  streams: number;
  /** Values of the group that is read; 25,000 by default. */
  historyValues?: number;
  print: (line: string) => void;
}

export interface AttackResult {
  ticks: { sent: number; missing: number; statuses: Record<string, number> };
  writeMs: { p50: number; p99: number; max: number };
  healthMs: { checks: number; p50: number; p99: number; max: number };
  /** Undefined where they never said anything. */
  attackers: AttackFigures | undefined;
  /** Of the machine over the last minute, at the end. */
  load: number;
  violations: string[];
}

/**
 * One API with a token on an embedded time series, a leader that sends a report each tick, once, and against them at a
 * time: sockets that hold back the rest of a form, readers of long ranges, and clients of the event stream. What must
 * not be: a tick that is missing, a p99 of the leader's writes above 500 ms or of health checks above 200 ms.
 */
export async function attack(options: AttackOptions): Promise<AttackResult> {
  const { seconds, tickMs, print } = options;
  const token = randomBytes(24).toString('hex');
  await using api = await startApi(token);
  const { url } = api;
  const pool = new Pool(url, {
    connections: 2,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  let attackers: ChildProcess | undefined;
  try {
    await seedHistory(pool, token, options.historyValues ?? HISTORY_VALUES);
    attackers = startAttackers(url, options);
    let figures: AttackFigures | undefined;
    attackers.on('message', (message) => (figures = message as AttackFigures));
    await waitFor(() => isInPlace(figures, options), {
      timeoutMs: IN_PLACE_LIMIT_MS,
      describe: 'all attackers',
    }).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}: ${JSON.stringify(figures)}`, { cause: error });
    });
    print(`all attackers are in place: ${JSON.stringify(figures)}`);
    const end = AbortSignal.timeout(seconds * 1_000);
    const leader = new LeaderLoad(pool, token, SENSORS);
    const firstTick = Math.floor(Date.now() / tickMs) * tickMs;
    const [healthMs] = await Promise.all([
      healthTimes(`${url}/healthz`, end),
      leader.run({ firstTick, stepMs: tickMs, everyMs: tickMs, group: 'soak', signal: end }),
    ]);
    const load = loadavg()[0] ?? Number.NaN;
    await endProcess(attackers);
    const missing = leader.sent - (await countStored(url, 'soak', firstTick));
    return judge({
      ticks: { sent: leader.sent, missing, statuses: leader.statuses },
      writeMs: summary(leader.latenciesMs),
      healthMs: { checks: healthMs.length, ...summary(healthMs) },
      attackers: figures,
      load,
    });
  } finally {
    if (attackers !== undefined) await endProcess(attackers);
    await pool.destroy();
  }
}

function judge(result: Omit<AttackResult, 'violations'>): AttackResult {
  const { ticks, writeMs, healthMs } = result;
  const violations = [
    ...(ticks.missing === 0 ? [] : [`${ticks.missing} of ${ticks.sent} ticks are missing`]),
    ...(writeMs.p99 <= MAX_WRITE_P99_MS ? [] : [`the p99 of writes is ${writeMs.p99} ms`]),
    ...(healthMs.p99 <= MAX_HEALTH_P99_MS ? [] : [`the p99 of health checks is ${healthMs.p99} ms`]),
  ];
  return { ...result, violations };
}

function summary(times: readonly number[]): { p50: number; p99: number; max: number } {
  return {
    p50: Math.round(percentile(times, 0.5)),
    p99: Math.round(percentile(times, 0.99)),
    max: Math.round(Math.max(...times)),
  };
}

function startAttackers(url: string, { sockets, readers, streams }: AttackOptions): ChildProcess {
  const module = fileURLToPath(new URL('../../dist/attack/attackers-process.js', import.meta.url));
  const args = [url, sockets, readers, streams, HEAVY_READ].map(String);
  return fork(module, args, { execArgv: [] });
}

/** All sockets are connected, all streams are open, and reads are being answered. */
function isInPlace(figures: AttackFigures | undefined, options: AttackOptions): boolean {
  if (figures === undefined) return false;
  const { sockets, streams, reads } = figures;
  return (
    sockets.connected === options.sockets &&
    streams.connected === options.streams &&
    (options.readers === 0 || reads.answered > 0)
  );
}

async function seedHistory(pool: Pool, token: string, values: number): Promise<void> {
  const { group, intervalMs, batch } = HISTORY;
  const first = Date.now() - values * intervalMs;
  for (let from = 0; from < values; from += batch) {
    const reports = Array.from({ length: batch }, (_, index) => ({
      group,
      timestamp: first + (from + index) * intervalMs,
      value: (from + index) % 100,
    }));
    const answer = await pool.request({
      method: 'POST',
      path: '/api/v1/measurements/batch',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      headersTimeout: 60_000,
      body: JSON.stringify({ reports }),
    });
    await answer.body.dump();
    if (answer.statusCode !== 200) throw new Error(`the history was answered ${answer.statusCode}`);
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
