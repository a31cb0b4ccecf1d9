import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@atalaya/coordination';
import { type StartedZooKeeper, startZooKeeper, waitFor, type ZooKeeperServer } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { runInterleaved } from '../interleaved-rounds.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';

/** That of the candidates. */
const SESSION_TIMEOUT_MS = 3_000;
const LIMIT_MS = 60_000;
const PATH = '/bench-ensemble';
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'noticedMs', head: 'cut off after, ms', decimals: 0 },
    { figure: 'electedMs', head: 'servers have a leader, ms', decimals: 0 },
    { figure: 'connectedMs', head: 'session is back, ms', decimals: 0 },
    { figure: 'writtenMs', head: 'first write, ms', decimals: 0 },
    { figure: 'sessionLost', head: 'session lost', decimals: 0 },
  ],
};

export interface EnsembleBenchmarkOptions {
  readonly rounds: number;
  readonly print: (line: string) => void;
}

/**
 * What the time is spent on when the leader of an ensemble of three is killed: for a client that was connected to it, and for
 * one that was connected to a follower.
 */
export async function ensembleBenchmark({ rounds, print }: EnsembleBenchmarkOptions): Promise<Section> {
  await using cleanup = new Cleanup();
  const zookeeper = cleanup.use(await startZooKeeper({ servers: 3, controllable: true, tickTimeMs: 500 }));
  await using client = createClient({ hosts: zookeeper.connectString, sessionTimeoutMs: SESSION_TIMEOUT_MS });
  await client.ensurePath(PATH);
  const figures = await runInterleaved(
    [
      { name: 'client of the leader', measure: () => killLeader(zookeeper, 'leader') },
      { name: 'client of a follower', measure: () => killLeader(zookeeper, 'follower') },
    ],
    rounds,
    { warmUp: false },
  );
  for (const row of comparisonRows(figures, SHOWN)) print(`  ${row.join(' | ')}`);
  return {
    title: "The killing of an ensemble's leader",
    notes: [
      `Three servers, the leader killed by SIGKILL, sessions of ${SESSION_TIMEOUT_MS} ms, ${rounds} rounds in turns. All times are from ` +
        'the kill. The servers have a leader when one says so; the session is back when the client is connected again; a write ' +
        'is tried every 10 ms.',
    ],
    columns: comparisonHeads(SHOWN),
    rows: comparisonRows(figures, SHOWN),
    plots: [
      comparisonPlot(figures, { figure: 'electedMs', title: 'Until the servers have a leader', unit: 'ms' }),
      comparisonPlot(figures, { figure: 'writtenMs', title: 'Until the first write', unit: 'ms' }),
    ],
    data: { rounds: Object.fromEntries(figures) },
  };
}

async function killLeader(
  zookeeper: StartedZooKeeper,
  connectedTo: 'leader' | 'follower',
): Promise<Record<string, number>> {
  await zookeeper.waitUntilServing({ timeoutMs: LIMIT_MS });
  const leader = await zookeeper.leader();
  if (leader === undefined) throw new Error('the ensemble has no leader');
  const others = zookeeper.servers.filter((server) => server !== leader);
  // A client goes to the first server of its list that answers; the list is drawn anew until that is the one.
  await using client = await clientOf(zookeeper, connectedTo === 'leader' ? [leader] : others);
  const moments: Record<string, number> = {};
  let begun = Infinity;
  const note = (figure: string): void => {
    if (performance.now() >= begun) moments[figure] ??= performance.now() - begun;
  };
  client.on('state', (state) => {
    if (state !== 'connected') note('noticedMs');
    else if (moments.noticedMs !== undefined) note('connectedMs');
    if (state === 'lost') moments.sessionLost = 1;
  });
  begun = performance.now();
  await Promise.all([
    leader.kill(),
    leads(others).then(() => {
      note('electedMs');
    }),
    writes(client).then(() => {
      note('writtenMs');
    }),
  ]);
  await leader.start();
  // A client of a follower may never have been cut off.
  return { noticedMs: 0, connectedMs: 0, sessionLost: 0, ...moments };
}

async function clientOf(zookeeper: StartedZooKeeper, wanted: readonly ZooKeeperServer[]): Promise<Client> {
  for (;;) {
    const client = createClient({ hosts: zookeeper.connectString, sessionTimeoutMs: SESSION_TIMEOUT_MS });
    await client.exists(PATH);
    const session = `sid=0x${(client.sessionId ?? 0n).toString(16)},`;
    const lists = await Promise.all(wanted.map((server) => server.fourLetterWord('cons')));
    if (lists.some((list) => list.includes(session))) return client;
    await client.close();
  }
}

async function leads(servers: readonly ZooKeeperServer[]): Promise<void> {
  await waitFor(async () => (await Promise.all(servers.map((server) => server.mode()))).includes('leader'), {
    timeoutMs: LIMIT_MS,
    intervalMs: 10,
    describe: 'another server to lead',
  });
}

/** Resolves when a write that was sent after the call is acknowledged. */
async function writes(client: Client): Promise<void> {
  // The kill is on its way: what the old leader acknowledges does not count.
  await delay(50);
  await waitFor(
    () =>
      client.set(PATH, String(performance.now())).then(
        () => true,
        () => false,
      ),
    {
      timeoutMs: LIMIT_MS,
      intervalMs: 10,
      describe: 'a write',
    },
  );
}
