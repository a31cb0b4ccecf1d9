import { ingestBenchmark } from './ingest/ingest-benchmark.js';
import { childValuesBenchmark } from './coordination/child-values-benchmark.js';

const PARTS = { ingest: ingestBenchmark, coordination: childValuesBenchmark };

/** `npm run bench [-- part …]`: all benchmarks, or the named parts. */
export async function benchCommand(args: readonly string[]): Promise<void> {
  const unknown = args.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}\n`);
    process.exit(64);
  }
  const print = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  for (const [name, part] of Object.entries(PARTS)) {
    if (args.length === 0 || args.includes(name)) await part({ rounds: 7, durationS: 3, print });
  }
}
