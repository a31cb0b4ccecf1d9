import { childrenBenchmark } from './children/children-benchmark.js';
import { ensembleBenchmark } from './ensemble/ensemble-benchmark.js';
import { fleetBenchmark, ticksBenchmark } from './fleet/fleet-benchmark.js';
import { groupChangesBenchmark } from './group/group-changes-benchmark.js';
import { ingestBenchmark } from './ingest/ingest-benchmark.js';
import { pagesBenchmark } from './pages/pages-benchmark.js';
import type { Section } from './report/section.js';
import { startBenchmark } from './start/start-benchmark.js';
import { storeBenchmark } from './store/store-benchmark.js';
import { streamBenchmark } from './stream/stream-benchmark.js';
import { takeoverBenchmark } from './takeover/takeover-benchmark.js';

export type Print = (line: string) => void;

/** A part of the benchmarks: it prints what it measures, and returns what goes into its report. */
export interface Part {
  /** How it is shown in the usage. */
  readonly about: string;
  readonly run: (print: Print, quick: boolean) => Promise<Section>;
}

/** The parts by name, in the order in which they run. */
export const PARTS: Readonly<Record<string, Part>> = {
  children: {
    about: 'reading all children, 100 to 50,000, beside other clients',
    run: (print, quick) =>
      childrenBenchmark({
        sizes: quick ? [100, 1_000] : [100, 1_000, 10_000, 50_000],
        rounds: quick ? 5 : 11,
        turnMs: quick ? 100 : 250,
        warmUpReads: quick ? 5 : 50,
        print,
      }),
  },
  group: {
    about: 'a cached group: its opening, and one changed child',
    run: (print, quick) => groupChangesBenchmark({ rounds: quick ? 3 : 7, print }),
  },
  ingest: {
    about: 'storing measurements over HTTP, beside a bare route',
    run: (print, quick) => ingestBenchmark({ rounds: quick ? 5 : 7, durationS: quick ? 1 : 3, print }),
  },
  stream: {
    about: 'a measurement on its way to 1,000 open streams, beside a bare server',
    run: (print, quick) => streamBenchmark({ rounds: quick ? 5 : 11, events: quick ? 3 : 10, print }),
  },
  store: {
    about: 'the embedded time series beside Redis',
    run: (print, quick) => storeBenchmark({ rounds: quick ? 5 : 11, durationMs: quick ? 300 : 1_000, print }),
  },
  start: {
    about: 'process start to first value, election, request; memory at rest; npm start in a fresh clone',
    run: (print, quick) => startBenchmark({ rounds: quick ? 3 : 11, freshClone: !quick, print }),
  },
  takeover: {
    about: "a leader's death by SIGKILL, SIGSTOP, SIGTERM and a cut link, beside kazoo's Election",
    run: (print, quick) =>
      takeoverBenchmark({ rounds: quick ? 2 : 20, tickMs: quick ? 1_000 : 5_000, print }),
  },
  ensemble: {
    about: "the killing of an ensemble's leader: what the seconds are spent on",
    run: (print, quick) => ensembleBenchmark({ rounds: quick ? 2 : 10, print }),
  },
  ticks: {
    about: 'lateness and drift of ticks over ten minutes at 10, 1,000 and 10,000 sensors',
    run: (print, quick) =>
      ticksBenchmark({
        sizes: quick ? [[10, 1_000]] : [[1_000], [10, 10_000]],
        seconds: quick ? 20 : 600,
        print,
      }),
  },
  fleet: {
    about: 'whole fleets of up to 100,000 sensors: lateness of stored ticks, cost of each process',
    run: (print, quick) =>
      fleetBenchmark({
        sizes: quick ? [10, 1_000] : [10, 1_000, 3_000, 10_000, 20_000, 50_000, 100_000],
        seconds: quick ? 15 : 60,
        print,
      }),
  },
  pages: {
    about: 'the overview over 30 days and 1,000 sensors in a browser: loading, following, memory',
    run: (print, quick) =>
      pagesBenchmark({
        ...(quick
          ? { days: 2, rounds: 1, liveS: 10, updates: 60 }
          : { days: 30, rounds: 5, liveS: 60, updates: 1_440 }),
        print,
      }),
  },
};
