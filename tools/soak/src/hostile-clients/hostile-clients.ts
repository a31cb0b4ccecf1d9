import { randomBytes } from 'node:crypto';
import { waitFor } from '@atalaya/test-kit';
import { Pool } from 'undici';
import { countStored, healthTimes, startApi } from './attacked-api.js';
import { HostileSockets } from './hostile-sockets.js';
import { LeaderLoad } from './leader-load.js';
import { percentile } from './percentile.js';

const GROUP = 'soak';
/** Ticks of a leader come every 5 s; here they come faster, so that a short run has enough of them. */
const TICK_MS = 50;
/** A leader waits no longer for an answer. */
const ANSWER_TIMEOUT_MS = 10_000;
const MAX_WRITE_P99_MS = 500;
const MAX_HEALTH_P99_MS = 200;

export interface HostileClientsOptions {
  seconds: number;
  /** Sockets that hold back the rest of a form. */
  sockets: number;
  print: (line: string) => void;
}

/**
 * One API with a token on an embedded time series, a leader that writes to it, and clients without the token that try
 * to keep it from that. Returns what must not be: a tick that is missing, writes or health checks that are slow.
 */
export async function hostileClients(options: HostileClientsOptions): Promise<string[]> {
  const { seconds, sockets, print } = options;
  const token = randomBytes(24).toString('hex');
  await using api = await startApi(token);
  const { url } = api;
  const pool = new Pool(url, {
    connections: 4,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  try {
    using attack = new HostileSockets(url, sockets);
    await waitFor(() => attack.mostConnected === sockets, {
      timeoutMs: 30_000,
      describe: 'all hostile sockets',
    });
    const end = AbortSignal.timeout(seconds * 1_000);
    const leader = new LeaderLoad(pool, token);
    const firstTick = Date.now() - 3_600_000;
    const [healthMs] = await Promise.all([
      healthTimes(`${url}/healthz`, end),
      leader.run({ firstTick, everyMs: TICK_MS, group: GROUP, signal: end }),
    ]);
    const p99 = percentile(leader.latenciesMs, 0.99);
    const healthP99 = percentile(healthMs, 0.99);
    print(
      `${attack.mostConnected} hostile sockets, ended by the server ${attack.endedByServer} times; ` +
        `${leader.sent} ticks sent, answered ${JSON.stringify(leader.statuses)}; writes p50 ` +
        `${percentile(leader.latenciesMs, 0.5).toFixed(1)} ms, p99 ${p99.toFixed(1)} ms; ${healthMs.length} health ` +
        `checks, p99 ${healthP99.toFixed(1)} ms, at most ${Math.max(...healthMs).toFixed(1)} ms`,
    );
    const missing = leader.sent - (await countStored(url, GROUP, firstTick));
    return [
      ...(missing === 0 ? [] : [`${missing} of ${leader.sent} ticks are missing`]),
      ...(p99 <= MAX_WRITE_P99_MS ? [] : [`the p99 of writes is ${p99.toFixed(0)} ms`]),
      ...(healthP99 <= MAX_HEALTH_P99_MS ? [] : [`the p99 of health checks is ${healthP99.toFixed(0)} ms`]),
    ];
  } finally {
    await pool.destroy();
  }
}
