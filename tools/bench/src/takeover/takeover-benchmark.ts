import { spawnSync } from 'node:child_process';
import { startZooKeeper } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { type RoundFigures, runInterleaved } from '../interleaved-rounds.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { ATALAYA, KAZOO, SESSION_TIMEOUT_MS } from './candidates.js';
import { FAULTS } from './faults.js';
import { Pair } from './pair.js';

export interface TakeoverBenchmarkOptions {
  readonly rounds: number;
  readonly tickMs: number;
  readonly print: (line: string) => void;
}

/**
 * What a leader's death costs: SIGKILL, SIGSTOP, SIGTERM and a cut link, with candidates of this system beside programs on
 * kazoo's Election at the same session timeout.
 */
export async function takeoverBenchmark({
  rounds,
  tickMs,
  print,
}: TakeoverBenchmarkOptions): Promise<Section> {
  await using cleanup = new Cleanup();
  const zookeeper = cleanup.use(await startZooKeeper({ tickTimeMs: 500 }));
  const missing: string[] = [];
  const pairs = new Map([[ATALAYA.name, cleanup.use(await Pair.start(ATALAYA, zookeeper, tickMs))]]);
  if (spawnSync('/usr/bin/python3', ['-c', 'import kazoo'], { stdio: 'ignore' }).status === 0) {
    pairs.set(KAZOO.name, cleanup.use(await Pair.start(KAZOO, zookeeper, tickMs)));
  } else {
    missing.push('kazoo was left out: the system has none (Debian: apt-get install python3-kazoo).');
  }
  for (const line of missing) print(`  ${line}`);
  const shown: ComparisonOptions = {
    columns: [
      { figure: 'withoutLeaderMs', head: 'without a leader, ms', decimals: 0 },
      { figure: 'missing', head: 'ticks missing', decimals: 0 },
      { figure: 'sentTwice', head: 'sent twice', decimals: 0 },
      { figure: 'ofTheDeposed', head: 'by a deposed leader', decimals: 0 },
    ],
    ...(pairs.size === 1 ? {} : { ratio: { baseline: KAZOO.name, figure: 'withoutLeaderMs' } }),
  };
  const measured = new Map<string, RoundFigures>();
  for (const fault of FAULTS) {
    const contenders = [...pairs].map(([name, pair]) => ({ name, measure: () => pair.takeover(fault) }));
    const figures = await runInterleaved(contenders, rounds, { warmUp: false });
    measured.set(fault.name, figures);
    print(`  ${fault.name}, ${rounds} rounds; median (least to greatest)`);
    for (const row of comparisonRows(figures, shown)) print(`    ${row.join(' | ')}`);
  }
  return {
    title: 'Takeovers',
    notes: [
      `Two candidates of each kind on one server, sessions of ${SESSION_TIMEOUT_MS} ms, a tick every ${tickMs} ms, ` +
        `${rounds} rounds of each fault in turns. Without a leader: from the fault until the other candidate has been elected. ` +
        'A tick that both leaders have sent is kept once by the ingest API; reports of a deposed leader are refused by it ' +
        "for their fencing token, which kazoo's program does not send.",
      ...missing,
    ],
    columns: ['fault', 'candidates', ...comparisonHeads(shown).slice(1)],
    rows: [...measured].flatMap(([fault, figures]) =>
      comparisonRows(figures, shown).map((row) => [fault, ...row]),
    ),
    plots: [...measured].map(([fault, figures]) =>
      comparisonPlot(figures, {
        figure: 'withoutLeaderMs',
        title: `Without a leader after ${fault}`,
        unit: 'ms',
      }),
    ),
    data: [...measured].map(([fault, figures]) => ({ fault, rounds: Object.fromEntries(figures) })),
  };
}
