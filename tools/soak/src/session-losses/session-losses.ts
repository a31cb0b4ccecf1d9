import { fileURLToPath } from 'node:url';
import { runProcess, startZooKeeper } from '@atalaya/test-kit';

/** What a process holds after so many lost sessions, after a garbage collection. */
export interface Sample {
  readonly losses: number;
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly descriptors: number;
  /** What keeps the event loop alive: sockets, timers and the like. */
  readonly resources: number;
  /** Watches that are set at the server. */
  readonly watches: number;
}

export interface SessionLossesOptions {
  losses: number;
  /** Losses between two samples; the first samples are taken before anything is lost and after that many. */
  sampleEvery: number;
  print: (line: string) => void;
}

/** Bytes of heap that a loss may leave behind: far less than one listener with what it refers to. */
const HEAP_BYTES_PER_LOSS = 200;
/** What the heap differs by from one collection to the next in any case. */
const HEAP_NOISE_BYTES = 300_000;
const DESCRIPTOR_NOISE = 3;
const TIMEOUT_MS = 1_800_000;

/** One client with a registration, a group and an election, whose session truly expires again and again. */
export async function sessionLosses(
  options: SessionLossesOptions,
): Promise<{ violations: string[]; samples: Sample[] }> {
  const { losses, sampleEvery, print } = options;
  await using zk = await startZooKeeper({ sources: ['local', 'container'] });
  const program = fileURLToPath(
    new URL('../../dist/session-losses/session-losses-process.js', import.meta.url),
  );
  const words = [zk.connectString, String(losses), String(sampleEvery)];
  // Without the compilers: their code grows for minutes, and would hide or feign a leak of objects.
  const flags = ['--expose-gc', '--no-opt', '--no-maglev', '--no-sparkplug'];
  await using client = runProcess(process.execPath, [...flags, program, ...words], {
    name: 'session losses',
    env: { NODE_OPTIONS: undefined },
  });
  const last = await client.waitForLog((record) => record.losses === losses, { timeoutMs: TIMEOUT_MS });
  const { code, signal } = await client.ended;
  const samples = client.records.map((record) => record as unknown as Sample);
  for (const sample of samples) print(describe(sample));
  const violations: string[] = [];
  if (code !== 0) {
    violations.push(
      `the process ended by ${signal ?? `exit code ${String(code)}`}: ${client.lines.slice(-10).join(' | ')}`,
    );
  }
  // The first losses fill caches and bounded lists.
  const first = samples[1];
  if (first) violations.push(...growth(first, last as unknown as Sample));
  return { violations, samples };
}

function growth(first: Sample, last: Sample): string[] {
  const losses = last.losses - first.losses;
  const heap = last.heapBytes - first.heapBytes;
  const violations: string[] = [];
  if (heap > HEAP_NOISE_BYTES + losses * HEAP_BYTES_PER_LOSS) {
    violations.push(`the heap grew by ${heap} bytes over ${losses} losses`);
  }
  if (last.watches !== first.watches) {
    violations.push(`the watches at the server went from ${first.watches} to ${last.watches}`);
  }
  if (last.descriptors > first.descriptors + DESCRIPTOR_NOISE) {
    violations.push(`the open descriptors went from ${first.descriptors} to ${last.descriptors}`);
  }
  if (last.resources > first.resources + DESCRIPTOR_NOISE) {
    violations.push(`the active resources went from ${first.resources} to ${last.resources}`);
  }
  return violations;
}

function describe(sample: Sample): string {
  const [heap, resident] = [sample.heapBytes, sample.residentBytes].map((bytes) => (bytes / 1e6).toFixed(2));
  return (
    `${sample.losses} sessions lost: heap ${heap ?? ''} MB, resident ${resident ?? ''} MB, ${sample.watches} watches, ` +
    `${sample.descriptors} descriptors, ${sample.resources} active resources`
  );
}
