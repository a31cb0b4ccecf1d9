import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startZooKeeper, waitFor } from '@atalaya/test-kit';
import { Cleanup } from '../cleanup.js';
import { isReady, pidOf, startApp } from '../processes.js';
import { childrenRunning, STORE_ROLE } from './process-cost.js';

/** Most agents, and sensors of one agent below that number of agents. */
const MAX_AGENTS = 10;
const SENSORS_PER_AGENT = 1_000;
/** Most sensors of one group: a report names no more. */
const MOST_SENSORS_PER_GROUP = 10_000;

/** The processes of a whole system, by what they do. */
export type Roles = ReadonlyMap<string, readonly number[]>;

export interface FleetSystem extends AsyncDisposable {
  readonly url: string;
  /** Where the leader serves its metrics. */
  readonly leaderUrl: string;
  readonly groups: readonly string[];
  readonly roles: Roles;
  /** Warnings that the processes have logged so far: each message with its number. */
  warnings(): Record<string, number>;
  /** Resolves when each group has a stored tick with the values of all its sensors. */
  complete(timeoutMs: number): Promise<void>;
  /**
   * Resolves when of each group two ticks in a row were stored before the next one was due: what was late at the start has
   * been delivered. One alone may be that for whose sensors series are still being made.
   */
  caughtUp(tickMs: number, timeoutMs: number): Promise<void>;
}

/**
 * Starts a ZooKeeper, an ingest API with the embedded store, the leader, and agents with so many sensors in all, in groups of
 * at most 10,000, or of what is given.
 */
export async function startFleetSystem(
  sensors: number,
  sensorsPerGroup = MOST_SENSORS_PER_GROUP,
): Promise<FleetSystem> {
  const cleanup = new Cleanup();
  try {
    return await start(sensors, sensorsPerGroup, cleanup);
  } catch (error) {
    await cleanup[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(sensors: number, sensorsPerGroup: number, cleanup: Cleanup): Promise<FleetSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-bench-fleet-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const javaOptions = ['-XX:TieredStopAtLevel=4', '-Xmx2g'];
  const earlier = childrenRunning('java');
  const zookeeper = cleanup.use(await startZooKeeper({ tickTimeMs: 2_000, javaOptions }));
  const servers = childrenRunning('java').filter((pid) => !earlier.includes(pid));
  const [port, leaderPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const api = startApp('ingest-api', { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'warn' });
  cleanup.use(api);
  await isReady(url);
  const sizes = shares(sensors, Math.ceil(sensors / sensorsPerGroup));
  const groups = sizes.map((_, index) => (sizes.length === 1 ? 'default' : `group-${index + 1}`));
  const common = { ZOOKEEPER_HOSTS: zookeeper.connectString, LOG_LEVEL: 'warn' };
  const agents = sizes.flatMap((size, index) => {
    const most = Math.max(1, Math.floor(MAX_AGENTS / sizes.length));
    return shares(size, Math.min(most, Math.ceil(size / SENSORS_PER_AGENT))).map((share, number) =>
      startApp('sensor-agent', {
        ...common,
        INSTANCE_ID: `agent-${index + 1}-${number + 1}`,
        SENSORS_PATH: `/atalaya/${groups[index] ?? ''}/sensors`,
        SENSOR_COUNT: String(share),
        ZOOKEEPER_SESSION_TIMEOUT_MS: '30000',
      }),
    );
  });
  const leader = startApp('leader-aggregator', {
    ...common,
    INSTANCE_ID: 'candidate-1',
    INGEST_URL: url,
    GROUP: groups.join(','),
    SENSORS_PATH: '/atalaya/{group}/sensors',
    ELECTION_PATH: '/atalaya/{group}/election',
    HEALTH_PORT: String(leaderPort),
  });
  const all = [...agents, leader];
  // At once: an orderly end of so many sessions would take longer than a part of the benchmark.
  cleanup.defer(() => Promise.all(all.map((process) => process.kill())).then(() => {}));
  return {
    url,
    leaderUrl: `http://127.0.0.1:${leaderPort}`,
    groups,
    roles: new Map([
      ['ZooKeeper', servers],
      ['agents', agents.map(pidOf)],
      ['leader', [pidOf(leader)]],
      [STORE_ROLE, [pidOf(api)]],
    ]),
    warnings: () => {
      const counts: Record<string, number> = {};
      for (const { msg } of [...all, api].flatMap(({ records }) => records)) {
        // Numbers differ from line to line; what is counted are sentences.
        const sentence = String(msg).replaceAll(/\d+/g, 'N');
        counts[sentence] = (counts[sentence] ?? 0) + 1;
      }
      return counts;
    },
    complete: async (timeoutMs) => {
      await waitFor(
        async () => {
          const newest = await Promise.all(groups.map((group) => statusOf(url, group)));
          return newest.every(({ count }, index) => count === sizes[index]);
        },
        { timeoutMs, intervalMs: 500, describe: `ticks with the values of ${sensors} sensors` },
      );
    },
    caughtUp: async (tickMs, timeoutMs) => {
      const inTime = groups.map(() => new Set<number>());
      await waitFor(
        async () => {
          const newest = await Promise.all(groups.map((group) => statusOf(url, group)));
          return inTime
            .map((ticks, index) => {
              const { tick = 0 } = newest[index] ?? {};
              if (Date.now() - tick <= tickMs) ticks.add(tick);
              return ticks.has(tick) && ticks.has(tick - tickMs);
            })
            .every(Boolean);
        },
        { timeoutMs, intervalMs: 500, describe: `two ticks in a row that are stored within ${tickMs} ms` },
      );
    },
    [Symbol.asyncDispose]: () => cleanup[Symbol.asyncDispose](),
  };
}

/** A number in so many parts, as equal as they can be. */
export function shares(total: number, parts: number): number[] {
  return Array.from(
    { length: parts },
    (_, index) => Math.floor(total / parts) + (index < total % parts ? 1 : 0),
  );
}

async function statusOf(url: string, group: string): Promise<{ count?: number; tick?: number }> {
  const response = await fetch(`${url}/api/v1/status?group=${group}`);
  return (await response.json()) as { count?: number; tick?: number };
}
