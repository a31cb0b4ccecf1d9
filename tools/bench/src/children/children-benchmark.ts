import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@atalaya/coordination';
import { startZooKeeper } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { type Contender, ratios, type RoundFigures, runInterleaved } from '../interleaved-rounds.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';
import { quantile } from '../spread.js';
import type { ChildReader } from './child-reader.js';
import { otherClients } from './other-clients.js';
import { ownClients } from './own-clients.js';

/** Children of the parent that is read to warm up, where there is one. */
const WARM_UP_SIZE = 1_000;
const BASELINE = 'raw native client';
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'ms', head: 'ms', decimals: 1 },
    { figure: 'firstMs', head: 'the first of a turn, ms', decimals: 1 },
    { figure: 'valuesPerSecond', head: 'values a second', decimals: 0 },
    { figure: 'longestStallMs', head: 'longest block of the event loop, ms', decimals: 1 },
  ],
  ratio: { baseline: BASELINE, figure: 'ms' },
};

export interface ChildrenBenchmarkOptions {
  /** Numbers of children. */
  sizes: readonly number[];
  rounds: number;
  /** For how long a client reads when it is its turn, at least once. */
  turnMs: number;
  /** Reads of 1,000 children by each client that do not count. */
  warmUpReads: number;
  /** Whether the clients of others are measured beside, too. */
  others?: boolean;
  print: (line: string) => void;
}

/**
 * Reads the values of all children of a znode: this library on both transports and its cached group, beside the raw native
 * client with all its gets submitted at once, kazoo, Java's client and node-zookeeper-client, on one server.
 */
export async function childrenBenchmark({
  sizes,
  rounds,
  turnMs,
  warmUpReads,
  others = true,
  print,
}: ChildrenBenchmarkOptions): Promise<Section> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-children-'));
  try {
    await using cleanup = new Cleanup();
    const zookeeper = cleanup.use(
      await startZooKeeper({ javaOptions: ['-XX:TieredStopAtLevel=4', '-Xmx1g'] }),
    );
    const parents = new Map(sizes.map((size) => [size, `/bench-${size}`]));
    for (const [size, parent] of parents) await createChildren(zookeeper.connectString, parent, size);
    const own = await ownClients(zookeeper.connectString, cleanup);
    const { readers, missing } = others
      ? await otherClients(zookeeper.connectString, cleanup, folder)
      : { readers: [], missing: [] };
    for (const line of missing) print(`  ${line}`);
    await warmUp([...own, ...readers], parents, warmUpReads);
    const measured = new Map<number, RoundFigures>();
    const broken = new Map<string, number>();
    const failed = new Map<string, { size: number; failure: string }>();
    for (const [size, parent] of parents) {
      const contenders = [...own, ...readers]
        .filter(({ most = Infinity }) => size <= most)
        .map((reader) => contender(reader, parent, { size, turnMs }, { broken, failed }));
      const figures = await runInterleaved(contenders, rounds);
      measured.set(size, figures);
      print(`  ${size} children, ${rounds} rounds; median (least to greatest)`);
      for (const row of comparisonRows(figures, SHOWN)) print(`    ${row.join(' | ')}`);
    }
    const notes = [...missing, ...[...broken].map(brokenReads), ...[...failed].map(failedReads)];
    return sectionOf(measured, { rounds, turnMs, warmUpReads }, notes);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function createChildren(hosts: string, parent: string, size: number): Promise<void> {
  await using client = createClient({ hosts, sessionTimeoutMs: 30_000 });
  await client.ensurePath(parent);
  for (let start = 0; start < size; start += 500) {
    const part = Array.from({ length: Math.min(500, size - start) }, (_, index) => start + index);
    await Promise.all(part.map((index) => client.create(`${parent}/sensor-${index}`, { data: '79.5' })));
  }
}

/** All clients serve for long: what is measured is none of their compilers. */
async function warmUp(
  readers: readonly ChildReader[],
  parents: ReadonlyMap<number, string>,
  reads: number,
): Promise<void> {
  const parent = parents.get(WARM_UP_SIZE) ?? parents.values().next().value;
  if (parent === undefined) return;
  for (const reader of readers) {
    for (let done = 0; done < reads; done += 1) await reader.read(parent);
  }
}

/** What went wrong with clients, by their names. */
interface Troubles {
  /** Reads that its connection did not survive. */
  readonly broken: Map<string, number>;
  /** Why a read was given up, with how many children. */
  readonly failed: Map<string, { size: number; failure: string }>;
}

function contender(
  reader: ChildReader,
  parent: string,
  { size, turnMs }: { readonly size: number; readonly turnMs: number },
  { broken, failed }: Troubles,
): Contender {
  return {
    name: reader.name,
    measure: async () => {
      const times: number[] = [];
      const stalls: number[] = [];
      for (const begun = performance.now(); times.length === 0 || performance.now() - begun < turnMs;) {
        const { count, ms, longestStallMs, brokenReads: reads = 0, failure } = await reader.read(parent);
        if (reads > 0) broken.set(reader.name, reads);
        if (failure !== undefined) {
          failed.set(reader.name, { size, failure });
          return { ms: Number.NaN, firstMs: Number.NaN, valuesPerSecond: Number.NaN };
        }
        if (count !== size) throw new Error(`${reader.name}: ${count} of ${size} children were read`);
        times.push(ms);
        if (longestStallMs !== undefined) stalls.push(longestStallMs);
      }
      const ms = quantile(times, 0.5);
      return {
        ms,
        firstMs: times[0] ?? Number.NaN,
        valuesPerSecond: (size / ms) * 1_000,
        ...(stalls.length === 0 ? {} : { longestStallMs: Math.max(...stalls) }),
      };
    },
  };
}

function brokenReads([client, count]: readonly [string, number]): string {
  return (
    `The connection of the ${client} broke in ${count} of its reads, which were begun anew; the time is that of the read ` +
    'that went through.'
  );
}

function failedReads([client, { size, failure }]: readonly [
  string,
  { size: number; failure: string },
]): string {
  return (
    `The ${client} did not get through each of its reads of ${size.toLocaleString('en')} children, also when begun anew (${failure}); ` +
    'such a round has no figure of it.'
  );
}

function sectionOf(
  measured: ReadonlyMap<number, RoundFigures>,
  { rounds, turnMs, warmUpReads }: Pick<ChildrenBenchmarkOptions, 'rounds' | 'turnMs' | 'warmUpReads'>,
  notes: readonly string[],
): Section {
  return {
    title: 'Reading the values of all children',
    notes: [
      `Time from the request to the last value, ${rounds} rounds in turns on one server, after one that does not count and ${warmUpReads} ` +
        `reads of 1,000 children by each client, which has a process of its own. When it is its turn a client reads for ${turnMs} ms, at ` +
        'least once; the median of these reads counts, and beside it the first of them, after the seconds in which the others ' +
        "had their turns. The longest block is that of all its reads. The cached group sends no request: its time is that of looking at each value. Kazoo's reads one by one end at 10,000.",
      ...notes,
    ],
    columns: ['children', 'client', ...comparisonHeads(SHOWN).slice(1)],
    rows: [...measured].flatMap(([size, figures]) =>
      comparisonRows(figures, SHOWN).map((row) => [size.toLocaleString('en'), ...row]),
    ),
    plots: [...measured].map(([size, figures]) =>
      comparisonPlot(figures, {
        figure: 'ms',
        title: `Reading ${size.toLocaleString('en')} children`,
        unit: 'ms',
        scale: 'logarithmic',
      }),
    ),
    data: [...measured].map(([children, figures]) => ({
      children,
      rounds: Object.fromEntries(figures),
      timesOfBaseline: Object.fromEntries(
        [...figures.keys()].map((name) => [name, ratios(figures, 'ms', name, BASELINE)]),
      ),
    })),
  };
}
