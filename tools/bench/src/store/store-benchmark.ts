import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisServer } from '@atalaya/test-kit';
import { startStore } from '../ingest/start-store.js';
import { type Contender, ratios, type RoundFigures, runInterleaved } from '../interleaved-rounds.js';
import { comparisonPlot } from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { formatSpread, spreadOf } from '../spread.js';
import { RawConnection } from './raw-connection.js';
import { type Dialect, lists, prepareWorkloads, sortedSets, timeSeries, type Workload } from './workloads.js';

export interface StoreBenchmarkOptions {
  rounds: number;
  /** Of each workload on each server, in each round. */
  durationMs: number;
  print: (line: string) => void;
}

/**
 * The embedded time series beside this machine's `redis-server` with `appendfsync always`, which promises the same: what
 * is acknowledged is on the disk. That server has no time series: the nearest native commands are compared, on sorted
 * sets (which find a range of time, too) and on lists (the cheapest). Where `REDIS_URL` names a Redis with
 * RedisTimeSeries, the same commands run on that one as well; its durability is what it is set to.
 */
export async function storeBenchmark({ rounds, durationMs, print }: StoreBenchmarkOptions): Promise<Section> {
  const connections: RawConnection[] = [];
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-store-'));
  try {
    await using embedded = await startStore(folder);
    await using redis = await startRedisServer({
      settings: { appendonly: 'yes', appendfsync: 'always', 'auto-aof-rewrite-percentage': '0' },
    });
    const named = process.env.REDIS_URL;
    const servers: [name: string, url: string, dialect: Dialect][] = [
      ['embedded', embedded.url, timeSeries],
      ['sorted sets', redis.url, sortedSets],
      ['lists', redis.url, lists],
      ...(named === undefined ? [] : [['REDIS_URL', named, timeSeries] as [string, string, Dialect]]),
    ];
    const run = `bench-${process.pid}`;
    const prepared = new Map<string, ReadonlyMap<string, Workload>>();
    for (const [name, url, dialect] of servers) {
      const connection = await RawConnection.open(url);
      connections.push(connection);
      prepared.set(name, await prepareWorkloads(connection, dialect, `${run}-${name}`));
    }
    print(
      `store: ${rounds} rounds of ${durationMs} ms each; samples/s, and the embedded time series' part of each other ` +
        "server's; median (least to greatest)",
    );
    const measured = new Map<string, RoundFigures>();
    for (const workload of prepared.get('embedded')?.keys() ?? []) {
      const contenders = servers.map(([name]): Contender => {
        const work = prepared.get(name)?.get(workload);
        if (work === undefined) throw new TypeError(`${name} has no workload ${workload}`);
        return { name, measure: () => measure(work, durationMs) };
      });
      const figures = await runInterleaved(contenders, rounds);
      measured.set(workload, figures);
      print(`  ${workload}`);
      for (const row of rowsOf(figures)) print(`    ${row.join(' | ')}`);
    }
    return sectionOf(measured, rounds, durationMs);
  } finally {
    for (const connection of connections) connection.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Each server's rate, and the embedded time series' part of it. */
function rowsOf(figures: RoundFigures): string[][] {
  return [...figures].map(([name, rounds]) => [
    name,
    formatSpread(spreadOf(rounds.map((round) => round.samplesPerSecond ?? Number.NaN)), 0),
    name === 'embedded'
      ? ''
      : formatSpread(spreadOf(ratios(figures, 'samplesPerSecond', 'embedded', name)), 2),
  ]);
}

function sectionOf(measured: ReadonlyMap<string, RoundFigures>, rounds: number, durationMs: number): Section {
  return {
    title: 'The embedded time series beside Redis',
    notes: [
      `${rounds} rounds of ${durationMs} ms in turns for each workload. Redis runs with \`appendfsync always\`, which promises ` +
        'the same: what is acknowledged is on the disk. It has no time series; the nearest native commands are compared, on ' +
        'sorted sets (which find a range of time, too) and on lists (the cheapest). A sample for each of 100 series is one ' +
        'TS.MADD, and 100 commands sent together to 100 keys of those. RedisTimeSeries is compared where ' +
        '`REDIS_URL` names one.',
    ],
    columns: ['workload', 'server', 'samples a second', 'embedded ÷ it'],
    rows: [...measured].flatMap(([workload, figures]) => rowsOf(figures).map((row) => [workload, ...row])),
    plots: [...measured].map(([workload, figures]) =>
      comparisonPlot(figures, { figure: 'samplesPerSecond', title: workload, unit: 'samples a second' }),
    ),
    data: [...measured].map(([workload, figures]) => ({ workload, rounds: Object.fromEntries(figures) })),
  };
}

async function measure(work: Workload, durationMs: number): Promise<{ samplesPerSecond: number }> {
  const start = performance.now();
  let samples = 0;
  while (performance.now() - start < durationMs) samples += await work();
  return { samplesPerSecond: (samples / (performance.now() - start)) * 1_000 };
}
