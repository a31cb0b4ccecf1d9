import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runProcess, startFaultProxy, startZooKeeper } from '@atalaya/test-kit';
import { slopePerHour } from './slope.js';

/** What the process holds, and has done so far. */
export interface WireSample {
  readonly elapsedMs: number;
  /** After a garbage collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
  readonly externalBytes: number;
  /** Longest block of the event loop since the sample before, the collections for samples left out. */
  readonly longestBlockMs: number;
  readonly reads: number;
  readonly writes: number;
  readonly events: number;
  readonly connections: number;
  /** Requests that were not answered, since a connection was cut. */
  readonly refused: number;
}

export interface WireSoakOptions {
  seconds: number;
  /** Between two samples. */
  sampleEverySeconds: number;
  /** Between two cuts of all connections. */
  cutEveryMs: number;
  print: (line: string) => void;
}

/** Compilers and allocators settle first. */
const SETTLING_SHARE = 0.3;
/** What the heap differs by from one sample to the next in any case. */
const HEAP_NOISE_BYTES = 3_000_000;

/** Four sessions of the low-level client at full speed, whose connections are cut again and again: what is left of it. */
export async function wireSoak(
  options: WireSoakOptions,
): Promise<{ violations: string[]; samples: readonly WireSample[] }> {
  const { seconds, sampleEverySeconds, cutEveryMs, print } = options;
  await using zk = await startZooKeeper({ sources: ['local', 'container'] });
  await using proxy = await startFaultProxy({ upstreams: [...zk.servers] });
  const program = fileURLToPath(new URL('../../dist/wire/wire-process.js', import.meta.url));
  await using client = runProcess(
    process.execPath,
    ['--expose-gc', program, proxy.connectString, String(seconds), String(sampleEverySeconds)],
    { name: 'wire', env: { NODE_OPTIONS: undefined } },
  );
  const stop = new AbortController();
  const cutting = (async () => {
    while (!stop.signal.aborted) {
      await pause(cutEveryMs, undefined, { signal: stop.signal }).catch(() => {});
      proxy.cut();
    }
  })();
  const { code, signal } = await client.ended.finally(() => {
    stop.abort();
  });
  await cutting;
  const samples = client.records.filter((record) => 'heapBytes' in record) as unknown as WireSample[];
  for (const sample of samples) print(describe(sample));
  const violations: string[] = [];
  if (code !== 0) {
    violations.push(
      `the process ended by ${signal ?? `exit code ${String(code)}`}: ${client.lines.slice(-10).join(' | ')}`,
    );
  }
  violations.push(...growth(samples, print));
  return { violations, samples };
}

function growth(samples: readonly WireSample[], print: (line: string) => void): string[] {
  const settled = samples.slice(Math.floor(samples.length * SETTLING_SHARE));
  const last = settled.at(-1);
  const [first] = settled;
  if (!first || !last || settled.length < 3)
    return [`${samples.length} samples are too few to judge the memory by`];
  const slope = (of: (sample: WireSample) => number) =>
    slopePerHour(settled.map((sample) => [sample.elapsedMs, of(sample)]));
  const heap = slope(({ heapBytes }) => heapBytes);
  const resident = slope(({ residentBytes }) => residentBytes);
  const longest = Math.max(...settled.map(({ longestBlockMs }) => longestBlockMs));
  print(
    `heap ${(heap / 1e6).toFixed(2)} MB an hour, resident ${(resident / 1e6).toFixed(2)} MB an hour, after the first ` +
      `${SETTLING_SHARE * 100} %; longest block of the event loop ${longest.toFixed(1)} ms`,
  );
  const grown = (heap * (last.elapsedMs - first.elapsedMs)) / 3_600_000;
  const violations = grown > HEAP_NOISE_BYTES ? [`the heap grew by ${Math.round(grown)} bytes`] : [];
  if (last.connections <= 4) violations.push('no connection was made again');
  if (last.events === 0) violations.push('no watch fired');
  return violations;
}

function describe(sample: WireSample): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return (
    `${Math.round(sample.elapsedMs / 1_000)} s: heap ${megabytes(sample.heapBytes)} MB, resident ` +
    `${megabytes(sample.residentBytes)} MB, external ${megabytes(sample.externalBytes)} MB; ${sample.reads} reads, ` +
    `${sample.writes} writes, ${sample.events} watch events, ${sample.connections} connections, ${sample.refused} ` +
    `requests cut off; longest block ${sample.longestBlockMs.toFixed(1)} ms`
  );
}
