import { setTimeout as delay } from 'node:timers/promises';
import type { Section } from '../report/section.js';
import { formatSpread, quantile, type Spread, spreadOf } from '../spread.js';
import { type Arrival, watchArrivals } from './arrivals.js';
import { startFleetSystem } from './fleet-system.js';
import { cpuSeconds, peakMemoryMb } from './process-cost.js';

const TICK_MS = 5_000;
const COMPLETE_LIMIT_MS = 90_000;

export interface FleetBenchmarkOptions {
  readonly sizes: readonly number[];
  /** How long each fleet is observed once it is complete. */
  readonly durationS: number;
  readonly print: (line: string) => void;
}

/** What a fleet of one size did; `failure` where it did not even become complete. */
interface Observation {
  readonly sensors: number;
  readonly latenessMs: readonly number[];
  readonly missing: number;
  /** By role: cores in use on average, and peak memory of the largest process in MB. */
  readonly cost: Readonly<Record<string, { cores: number; memoryMb: number }>>;
  readonly failure?: string;
}

/** Fleets of growing size on one machine: how late their ticks are stored, what is missing, what each process costs. */
export async function fleetBenchmark({ sizes, durationS, print }: FleetBenchmarkOptions): Promise<Section> {
  const observed: Observation[] = [];
  for (const sensors of sizes) {
    const observation = await observe(sensors, durationS);
    observed.push(observation);
    print(`  ${rowOf(observation).join(', ')}`);
  }
  const withTicks = observed.filter(({ latenessMs }) => latenessMs.length > 0);
  return {
    title: `Fleets: from the tick to its arrival at a watcher, ${durationS} s each`,
    notes: [
      'One ZooKeeper, at most ten agents, one leader, the ingest API with the embedded store, a tick every 5 s. CPU in ' +
        'cores, memory as the peak of the largest process of a kind.',
    ],
    columns: ['sensors', 'ticks', 'missing', 'late by, ms', 'p99, ms', 'CPU and memory'],
    rows: observed.map(rowOf),
    plots: [
      {
        title: 'From the tick to its arrival',
        unit: 'ms',
        bars: withTicks.map(({ sensors, latenessMs }) => ({
          name: `${sensors} sensors`,
          spread: spreadOf(latenessMs),
        })),
      },
    ],
    data: observed,
  };
}

async function observe(sensors: number, durationS: number): Promise<Observation> {
  await using system = await startFleetSystem(sensors);
  try {
    await system.complete(COMPLETE_LIMIT_MS);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    return { sensors, latenessMs: [], missing: 0, cost: {}, failure };
  }
  const stop = new AbortController();
  const arrivals: Arrival[] = [];
  const watching = watchArrivals(system.url, arrivals, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const before = new Map([...system.roles].map(([role, pids]) => [role, cpuSeconds(pids)]));
  const begun = performance.now();
  await delay(durationS * 1_000);
  const seconds = (performance.now() - begun) / 1_000;
  const cost = Object.fromEntries(
    [...system.roles].map(([role, pids]) => [
      role,
      { cores: (cpuSeconds(pids) - (before.get(role) ?? 0)) / seconds, memoryMb: peakMemoryMb(pids) },
    ]),
  );
  stop.abort();
  await watching;
  const ticks = new Set(arrivals.map(({ tick }) => tick));
  const expected = ticks.size === 0 ? 0 : (Math.max(...ticks) - Math.min(...ticks)) / TICK_MS + 1;
  const latenessMs = arrivals.map((arrival) => arrival.latenessMs);
  return { sensors, latenessMs, missing: expected - ticks.size, cost };
}

function rowOf({ sensors, latenessMs, missing, cost, failure }: Observation): string[] {
  if (failure !== undefined) return [String(sensors), '0', 'all', '–', '–', failure.split('\n')[0] ?? ''];
  const spread: Spread | undefined = latenessMs.length === 0 ? undefined : spreadOf(latenessMs);
  const costs = Object.entries(cost).map(
    ([role, { cores, memoryMb }]) => `${role} ${cores.toFixed(2)}, ${Math.round(memoryMb)} MB`,
  );
  return [
    String(sensors),
    String(latenessMs.length),
    String(missing),
    spread === undefined ? '–' : formatSpread(spread, 0),
    spread === undefined ? '–' : quantile(latenessMs, 0.99).toFixed(0),
    costs.join('; '),
  ];
}
