import { setTimeout as delay } from 'node:timers/promises';
import { Cleanup } from '../cleanup.js';
import { type Arrival, driftMsPerMinute, missingTicks, watchArrivals } from './arrivals.js';
import { type FleetSystem, startFleetSystem } from './fleet-system.js';
import { meansSince, type Totals } from './leader-metrics.js';
import { filePagesMb, peakMemoryMb, type Usage, usageOf } from './process-cost.js';
import { leaderTotals, tickDurations } from './tick-durations.js';

export const TICK_MS = 5_000;
/** How long a fleet may take to be complete: a part for all, and one for each sensor, whose series are made then. */
const START_MS = 120_000;
const START_MS_PER_SENSOR = 2.5;

/** What the processes of one kind cost while they were observed, together. */
export interface Cost {
  /** In use on average. */
  readonly cores: number;
  /** Peak of the largest process since its start. */
  readonly memoryMb: number;
  /** Of it, at the end: what is mapped of programs and data files, which the system takes back when it needs memory. */
  readonly filePagesMb: number;
  readonly readBytesPerSecond: number;
  readonly writtenBytesPerSecond: number;
}

/** What a fleet of one size did; `failure` where it did not even become complete. */
export interface Observation {
  readonly sensors: number;
  readonly groups: number;
  readonly seconds: number;
  /** From each tick to its arrival at a watcher of the stream. */
  readonly latenessMs: readonly number[];
  readonly missing: number;
  readonly driftMsPerMinute: number;
  /** Means over the observed ticks: the read of all values, and the delivery of the report until it is acknowledged. */
  readonly readMs: number;
  readonly sendMs: number;
  /** Read and delivery of each tick. */
  readonly wholeMs: readonly number[];
  readonly cost: Readonly<Record<string, Cost>>;
  /** What the processes warned of, with how often. */
  readonly warnings: Readonly<Record<string, number>>;
  readonly failure?: string;
}

/** Starts a fleet, waits until it is complete, and observes it. */
export async function observeFleet(
  sensors: number,
  seconds: number,
  sensorsPerGroup?: number,
): Promise<Observation> {
  await using system = await startFleetSystem(sensors, sensorsPerGroup);
  return await observe(system, sensors, seconds, await failureToComplete(system, sensors));
}

/** Starts fleets one after the other, and observes all of them at the same time. */
export async function observeFleetsTogether(
  sizes: readonly number[],
  seconds: number,
): Promise<Observation[]> {
  await using cleanup = new Cleanup();
  const started: { sensors: number; system: FleetSystem; failure: string | undefined }[] = [];
  for (const sensors of sizes) {
    const system = cleanup.use(await startFleetSystem(sensors));
    started.push({ sensors, system, failure: await failureToComplete(system, sensors) });
  }
  return await Promise.all(
    started.map(({ sensors, system, failure }) => observe(system, sensors, seconds, failure)),
  );
}

/** Waits until the fleet is complete and has caught up; why it did not come to that. */
async function failureToComplete(system: FleetSystem, sensors: number): Promise<string | undefined> {
  const limitMs = START_MS + START_MS_PER_SENSOR * sensors;
  try {
    await system.complete(limitMs);
    // The first report makes all series, and those that come meanwhile wait: that is the start, not the fleet.
    await system.caughtUp(TICK_MS, limitMs);
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
}

async function observe(
  system: FleetSystem,
  sensors: number,
  seconds: number,
  failure: string | undefined,
): Promise<Observation> {
  const size = { sensors, groups: system.groups.length, seconds };
  if (failure !== undefined) {
    const none = {
      latenessMs: [],
      missing: 0,
      driftMsPerMinute: NaN,
      readMs: NaN,
      sendMs: NaN,
      wholeMs: [],
      cost: {},
    };
    return { ...size, ...none, warnings: system.warnings(), failure };
  }
  const begin = await snapshot(system);
  const [arrivals, wholeMs] = await observedDuring(system, seconds);
  const end = await snapshot(system);
  return {
    ...size,
    latenessMs: arrivals.flat().map(({ latenessMs }) => latenessMs),
    missing: arrivals.reduce((sum, group) => sum + missingTicks(group, TICK_MS), 0),
    driftMsPerMinute: driftMsPerMinute(arrivals.flat()),
    ...meansSince(begin.totals, end.totals),
    wholeMs,
    cost: costs(system, begin, end),
    warnings: system.warnings(),
  };
}

/** The arrivals of each group, and how long each tick took. */
async function observedDuring(system: FleetSystem, seconds: number): Promise<[Arrival[][], number[]]> {
  const stop = new AbortController();
  const arrivals = system.groups.map((): Arrival[] => []);
  const watching = system.groups.map((group, index) =>
    watchArrivals(system.url, group, arrivals[index] ?? [], stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    }),
  );
  const durations = tickDurations(system.leaderUrl, TICK_MS, stop.signal);
  try {
    // A stream that fails ends the observation at once.
    await Promise.race([delay(seconds * 1_000), Promise.all([...watching, durations])]);
  } finally {
    stop.abort();
  }
  return [arrivals, await durations];
}

interface Snapshot {
  readonly at: number;
  readonly usage: ReadonlyMap<string, Usage>;
  readonly totals: Totals;
}

async function snapshot({ roles, leaderUrl }: FleetSystem): Promise<Snapshot> {
  return {
    at: performance.now(),
    usage: new Map([...roles].map(([role, pids]) => [role, usageOf(pids)])),
    totals: await leaderTotals(leaderUrl),
  };
}

function costs({ roles }: FleetSystem, begin: Snapshot, end: Snapshot): Record<string, Cost> {
  const seconds = (end.at - begin.at) / 1_000;
  const entries = [...roles].map(([role, pids]): [string, Cost] => {
    const rate = (of: (usage: Usage) => number): number => {
      const [before, after] = [begin.usage.get(role), end.usage.get(role)];
      return before === undefined || after === undefined ? Number.NaN : (of(after) - of(before)) / seconds;
    };
    const cost = {
      cores: rate(({ cpuSeconds }) => cpuSeconds),
      memoryMb: peakMemoryMb(pids),
      filePagesMb: filePagesMb(pids),
      readBytesPerSecond: rate(({ readBytes }) => readBytes),
      writtenBytesPerSecond: rate(({ writtenBytes }) => writtenBytes),
    };
    return [role, cost];
  });
  return Object.fromEntries(entries);
}
