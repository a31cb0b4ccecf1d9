import { createClient } from '@atalaya/coordination';
import { startZooKeeper } from '@atalaya/test-kit';
import { ratios, runInterleaved } from '../interleaved-rounds.js';
import { formatSpread, spreadOf } from '../spread.js';
import { LoopStallMeter } from './loop-stall-meter.js';
import { RawNativeClient } from './raw-native-client.js';

const CHILDREN = 10_000;
const PARENT = '/bench';

export interface ChildValuesBenchmarkOptions {
  rounds: number;
  print: (line: string) => void;
}

/**
 * Reads the values of 10,000 children: this library's `readChildren` beside the raw native client with all its gets
 * submitted at once, on one server.
 */
export async function childValuesBenchmark({ rounds, print }: ChildValuesBenchmarkOptions): Promise<void> {
  await using zookeeper = await startZooKeeper();
  await using client = createClient({ hosts: zookeeper.connectString, sessionTimeoutMs: 10_000 });
  await using raw = await RawNativeClient.connect(zookeeper.connectString);
  await client.ensurePath(PARENT);
  const names = Array.from({ length: CHILDREN }, (_, index) => `${PARENT}/${index}`);
  for (let start = 0; start < CHILDREN; start += 500) {
    const chunk = names.slice(start, start + 500);
    await Promise.all(chunk.map((path) => client.create(path, { data: Buffer.from('79.5') })));
  }

  const measured = async (read: () => Promise<number>): Promise<Record<string, number>> => {
    using stalls = new LoopStallMeter();
    const start = performance.now();
    const count = await read();
    if (count !== CHILDREN) throw new Error(`${count} of ${CHILDREN} children were read`);
    return {
      valuesPerSecond: (count / (performance.now() - start)) * 1000,
      longestStallMs: stalls.longestMs(),
    };
  };
  const figures = await runInterleaved(
    [
      { name: 'raw', measure: () => measured(() => raw.readChildren(PARENT)) },
      {
        name: 'readChildren',
        measure: () => measured(async () => (await client.readChildren(PARENT)).children.size),
      },
    ],
    rounds,
  );
  print(`child values: ${CHILDREN} children, ${rounds} rounds; median (least to greatest)`);
  for (const [name, rows] of figures) {
    const rate = spreadOf(rows.map(({ valuesPerSecond = NaN }) => valuesPerSecond));
    const stall = spreadOf(rows.map(({ longestStallMs = NaN }) => longestStallMs));
    print(
      `  ${name.padEnd(12)} values/s ${formatSpread(rate, 0)}, longest block of the event loop ${formatSpread(stall, 0)} ms`,
    );
  }
  print(
    `  readChildren / raw: ${formatSpread(spreadOf(ratios(figures, 'valuesPerSecond', 'readChildren', 'raw')), 2)}`,
  );
}
