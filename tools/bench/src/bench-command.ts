import { ingestBenchmark } from './ingest/ingest-benchmark.js';
import { childValuesBenchmark } from './coordination/child-values-benchmark.js';

type Print = (line: string) => void;

const PARTS: Readonly<Record<string, (print: Print) => Promise<void>>> = {
  ingest: (print) => ingestBenchmark({ rounds: 7, durationS: 3, print }),
  // A round takes less than a second, and a collection of garbage in it shows.
  coordination: (print) => childValuesBenchmark({ rounds: 21, print }),
};

/** `npm run bench [-- part …]`: all benchmarks, or the named parts. */
export async function benchCommand(args: readonly string[]): Promise<void> {
  const unknown = args.filter((name) => !Object.hasOwn(PARTS, name));
  if (unknown.length > 0) {
    process.stderr.write(`unknown: ${unknown.join(', ')}; the parts are ${Object.keys(PARTS).join(', ')}\n`);
    process.exit(64);
  }
  const print: Print = (line) => {
    process.stdout.write(`${line}\n`);
  };
  for (const [name, part] of Object.entries(PARTS)) {
    if (args.length === 0 || args.includes(name)) await part(print);
  }
}
