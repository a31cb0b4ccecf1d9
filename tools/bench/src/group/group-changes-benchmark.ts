import {
  createClient,
  type Group,
  textCodec,
  type Transport,
  type TransportFactory,
  wireTransport,
} from '@atalaya/coordination';
import { startZooKeeper } from '@atalaya/test-kit';
import { runInterleaved } from '../interleaved-rounds.js';
import {
  comparisonHeads,
  type ComparisonOptions,
  comparisonPlot,
  comparisonRows,
} from '../report/comparison.js';
import type { Section } from '../report/section.js';

const CHILDREN = 10_000;
const CHANGES = 200;
const PARENT = '/bench-group';
const SHOWN: ComparisonOptions = {
  columns: [
    { figure: 'openRequests', head: 'opening: requests', decimals: 0 },
    { figure: 'openMs', head: 'ms', decimals: 0 },
    { figure: 'openCpuMs', head: 'processor, ms', decimals: 0 },
    { figure: 'requestsPerChange', head: 'a change: requests', decimals: 2 },
    { figure: 'cpuMsPerChange', head: 'processor, ms', decimals: 2 },
  ],
};

export interface GroupChangesBenchmarkOptions {
  rounds: number;
  print: (line: string) => void;
}

/**
 * What a group of 10,000 children costs: its opening, and one changed child, with a watch on each child beside one
 * persistent recursive watch, on one server. The processor's time is that of this process, the writer's share included.
 */
export async function groupChangesBenchmark({
  rounds,
  print,
}: GroupChangesBenchmarkOptions): Promise<Section> {
  await using zookeeper = await startZooKeeper();
  await using writer = createClient({ hosts: zookeeper.connectString, sessionTimeoutMs: 10_000 });
  await writer.ensurePath(PARENT);
  const names = Array.from({ length: CHILDREN }, (_, index) => `${PARENT}/${index}`);
  for (let start = 0; start < CHILDREN; start += 500) {
    await Promise.all(names.slice(start, start + 500).map((path) => writer.create(path, { data: '0' })));
  }

  let sets = 0;
  const measured = async (persistentWatches: boolean): Promise<Record<string, number>> => {
    const counter = { requests: 0 };
    await using client = createClient({
      hosts: zookeeper.connectString,
      sessionTimeoutMs: 10_000,
      transport: counted(counter, persistentWatches),
    });
    await client.connected();
    const opening = costs(counter);
    await using group = await client.group(PARENT, { codec: textCodec });
    const opened = opening();
    const changing = costs(counter);
    for (let change = 0; change < CHANGES; change += 1) {
      // Not by a snapshot, which copies all members.
      await changeOne(group, String((change * 7_919) % CHILDREN), String((sets += 1)), (path, value) =>
        writer.set(path, value),
      );
    }
    const changed = changing();
    return {
      openRequests: opened.requests,
      openMs: opened.ms,
      openCpuMs: opened.cpuMs,
      requestsPerChange: changed.requests / CHANGES,
      cpuMsPerChange: changed.cpuMs / CHANGES,
    };
  };
  const figures = await runInterleaved(
    [
      { name: 'a watch each', measure: () => measured(false) },
      { name: 'one persistent', measure: () => measured(true) },
    ],
    rounds,
  );
  print(
    `group: ${CHILDREN} children, ${CHANGES} changes a round, ${rounds} rounds; median (least to greatest)`,
  );
  for (const row of comparisonRows(figures, SHOWN)) print(`  ${row.join(' | ')}`);
  return {
    title: 'A cached group: its opening, and one changed child',
    notes: [
      `${CHILDREN.toLocaleString('en')} children on one server, ${CHANGES} changes a round, ${rounds} rounds in turns. ` +
        "The processor's time is that of this process, the writer's share included.",
    ],
    columns: comparisonHeads(SHOWN),
    rows: comparisonRows(figures, SHOWN),
    plots: [
      comparisonPlot(figures, { figure: 'openMs', title: 'Opening a group', unit: 'ms' }),
      comparisonPlot(figures, {
        figure: 'cpuMsPerChange',
        title: 'A changed child',
        unit: 'ms of processor time',
        scale: 'logarithmic',
      }),
    ],
    data: { children: CHILDREN, changes: CHANGES, rounds: Object.fromEntries(figures) },
  };
}

/** Sets one child, and waits until the group shows it. */
async function changeOne(
  group: Group<string>,
  id: string,
  value: string,
  set: (path: string, value: string) => Promise<unknown>,
): Promise<void> {
  const changes = group.changes();
  await set(`${PARENT}/${id}`, value);
  for await (const change of changes) {
    if (change.type === 'updated' && change.id === id && change.member.value === value) return;
  }
}

/** Begins to measure; the function returned says what was spent since. */
function costs(counter: { readonly requests: number }) {
  const [requests, startMs, cpu] = [counter.requests, performance.now(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      requests: counter.requests - requests,
      ms: performance.now() - startMs,
      cpuMs: (user + system) / 1_000,
    };
  };
}

/** The wire transport, with its requests counted, and with or without persistent watches. */
function counted(counter: { requests: number }, persistentWatches: boolean): TransportFactory {
  return (options) =>
    new Proxy<Transport>(wireTransport(options), {
      get(transport, key: keyof Transport) {
        const value: unknown = Reflect.get(transport, key);
        if (key === 'capabilities') return { ...transport.capabilities, persistentWatches };
        if (typeof value !== 'function') return value;
        return (...args: unknown[]): unknown => {
          counter.requests += 1;
          return Reflect.apply(value, transport, args);
        };
      },
    });
}
