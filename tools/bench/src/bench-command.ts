import { join } from 'node:path';
import { childValuesBenchmark } from './coordination/child-values-benchmark.js';
import { groupChangesBenchmark } from './coordination/group-changes-benchmark.js';
import { fleetBenchmark } from './fleet/fleet-benchmark.js';
import { ingestBenchmark } from './ingest/ingest-benchmark.js';
import type { Section } from './report/section.js';
import { writeReport } from './report/write-report.js';
import { storeBenchmark } from './store/store-benchmark.js';

type Print = (line: string) => void;

/** A part measures and prints; what it returns goes into the report. */
type Part = (print: Print, quick: boolean) => Promise<Section | undefined>;

const PARTS: Readonly<Record<string, Part>> = {
  ingest: async (print, quick) => {
    await ingestBenchmark({ rounds: quick ? 5 : 7, durationS: quick ? 1 : 3, print });
    return undefined;
  },
  store: async (print, quick) => {
    await storeBenchmark({ rounds: quick ? 5 : 11, durationMs: quick ? 300 : 1_000, print });
    return undefined;
  },
  // A round takes less than a second, and a collection of garbage in it shows.
  coordination: async (print, quick) => {
    await childValuesBenchmark({ rounds: quick ? 5 : 21, print });
    return undefined;
  },
  group: async (print, quick) => {
    await groupChangesBenchmark({ rounds: quick ? 3 : 7, print });
    return undefined;
  },
  fleet: (print, quick) =>
    fleetBenchmark({ sizes: quick ? [10, 1_000] : [10, 1_000, 10_000], durationS: quick ? 15 : 60, print }),
};

const REPORT_FOLDER = join('docs', 'benchmarks');

/**
 * `npm run bench [-- part …] [--quick]`: all benchmarks, or the named parts. A full run writes its report to
 * `docs/benchmarks`; a quick one, which is too short for that, only prints.
 */
export async function benchCommand(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const names = args.filter((word) => word !== '--quick');
  const unknown = names.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    process.stderr.write(
      `unknown: ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}, and --quick shortens them\n`,
    );
    process.exit(64);
  }
  const print: Print = (line) => {
    process.stdout.write(`${line}\n`);
  };
  const sections: Section[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const section = await part(print, quick);
    if (section !== undefined) sections.push(section);
  }
  if (quick || sections.length === 0) return;
  await writeReport(REPORT_FOLDER, sections, args.join(' '));
  print(`The report is in ${REPORT_FOLDER}.`);
}
