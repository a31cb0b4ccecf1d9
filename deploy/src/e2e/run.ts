import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { appImage } from '../images.js';
import { buildImages, imageSizes } from '../images/build-images.js';
import { dockerAloud } from '../engine/docker.js';
import { type StackOptions, stackOptions } from '../options.js';
import { type Fault, faults } from './faults.js';
import { type Settings } from './settings.js';
import { SwarmStack } from './swarm-stack.js';
import { TickWatcher } from './ticks.js';
import { waitUntil } from './wait-until.js';

const PROJECT = resolve(import.meta.dirname, '../..');
const STEADY_TICKS = 3;

/** What one fault did. */
export interface FaultResult {
  name: string;
  ticks: number;
  missing: number[];
  /** The longest time that the newest stored tick was old, in ms, as one asks the API. */
  longestLagMs: number;
}

/**
 * Deploys, inflicts every fault, removes; says what it does on the standard output.
 *
 * @throws the signal's reason once it is aborted; what was made is removed before
 */
export async function run(settings: Settings, signal: AbortSignal): Promise<FaultResult[]> {
  if (!settings.SKIP_BUILD) {
    await buildImages(resolve(PROJECT, '..'), {
      registry: settings.REGISTRY,
      tag: settings.TAG,
      nodeImage: settings.NODE_IMAGE,
      nodeBuildImage: settings.NODE_BUILD_IMAGE,
      network: settings.BUILD_NETWORK,
    });
  }
  const options = optionsOf({
    ...settings,
    ...(settings.REDIS_IMAGE === 'stand-in' ? { REDIS_IMAGE: await buildRedisStandIn(settings) } : {}),
  });
  for (const { image, bytes } of await imageSizes({ registry: settings.REGISTRY, tag: settings.TAG })) {
    console.log(`${image}: ${(bytes / 1e6).toFixed(1)} MB`);
  }

  const stack = new SwarmStack(options, signal);
  const ticks = new TickWatcher(`http://127.0.0.1:${options.apiPort}`, options.tickIntervalMs);
  const directory = await mkdtemp(join(tmpdir(), 'atalaya-swarm-'));
  try {
    await stack.deploy(PROJECT, directory);
    console.log('deployed; waiting for all services to be healthy');
    await stack.allHealthy(300_000);
    await waitUntil('the page to show means', () => ticks.pageShowsMeans(), { timeoutMs: 60_000, signal });
    console.log('all services are healthy and the page shows means');
    await checkIsolation(stack);
    console.log(
      'no container runs as root, with capabilities or a writable root; each reaches only what it should',
    );
    if (options.prometheus) {
      const apps = (await stack.containers()).filter(({ service }) =>
        /^(sensor|leader|ingest)-/.test(service),
      );
      await waitUntil(
        `Prometheus to have metrics of ${apps.length} tasks`,
        async () => (await stack.scraped()).length >= apps.length,
        { timeoutMs: 60_000, signal },
      );
    }
    const results: FaultResult[] = [];
    for (let round = 0; round < settings.REPEAT; round += 1) {
      for (const fault of chosenFaults(settings, stack, ticks)) {
        results.push(await bear(fault, stack, ticks, signal));
      }
    }
    return results;
  } finally {
    if (settings.KEEP) console.log(`The stack keeps running: docker stack rm ${options.stack}`);
    else await stack.remove();
    await rm(directory, { recursive: true });
  }
}

function chosenFaults({ FAULTS }: Settings, stack: SwarmStack, ticks: TickWatcher): Fault[] {
  const all = faults(stack, ticks);
  const chosen = all.filter(({ name }) => name.toLowerCase().includes(FAULTS.toLowerCase()));
  if (chosen.length > 0) return chosen;
  throw new Error(
    `FAULTS=${FAULTS}: none of ${all.map(({ name }) => `'${name}'`).join(', ')} holds this text`,
  );
}

async function checkIsolation(stack: SwarmStack): Promise<void> {
  const unhardened = await stack.unhardened();
  if (unhardened.length > 0) throw new Error(unhardened.join('\n'));
  const reach: [from: string, host: string, port: number, allowed: boolean][] = [
    ['sensor-agent', 'zookeeper-1', 2181, true],
    ['sensor-agent', 'redis', 6379, false],
    ['sensor-agent', 'ingest-api', 4000, false],
    ['leader-aggregator', 'ingest-api', 4000, true],
    ['leader-aggregator', 'redis', 6379, false],
    ['ingest-api', 'redis', 6379, true],
    ['ingest-api', 'zookeeper-1', 2181, false],
  ];
  for (const [from, host, port, allowed] of reach) {
    if ((await stack.reaches(from, host, port)) !== allowed) {
      throw new Error(`${from} ${allowed ? 'cannot reach' : 'reaches'} ${host}:${port}`);
    }
  }
}

/** Inflicts a fault on a steady system, waits until it is steady again, and counts. */
async function bear(
  fault: Fault,
  stack: SwarmStack,
  ticks: TickWatcher,
  signal: AbortSignal,
): Promise<FaultResult> {
  await steady(ticks, signal);
  // The worst moment: what is lost now is missed at the next tick.
  await delay(untilShortlyBeforeTick(ticks.tickIntervalMs, Date.now()), undefined, { signal });
  const from = Date.now();
  const lag = watchLag(ticks);
  console.log(`${new Date(from).toISOString()} ${fault.name}`);
  let longestLagMs: number;
  try {
    await fault.inflict();
    await stack.allHealthy(300_000);
    await steady(ticks, signal);
  } finally {
    // The watch would keep the process alive.
    longestLagMs = await lag.stop();
  }
  const to = (await ticks.newest()) ?? Date.now();
  const missing = await ticks.missing(from, to);
  const count = Math.floor(to / ticks.tickIntervalMs) - Math.ceil(from / ticks.tickIntervalMs) + 1;
  console.log(
    `  ${missing.length} of ${count} ticks missing, newest tick at most ${(longestLagMs / 1000).toFixed(1)} s old`,
  );
  if (missing.length > 0) console.log(`  logs of that time: ${await saveLogs(stack, from)}`);
  return { name: fault.name, ticks: count, missing, longestLagMs };
}

/** Writes what the services logged since then to a new folder, and returns its path. */
async function saveLogs(stack: SwarmStack, since: number): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'atalaya-swarm-logs-'));
  for (const service of await stack.services()) {
    await writeFile(join(directory, `${service}.log`), await stack.logs(service, since));
  }
  return directory;
}

/** Resolves after a few ticks in a row that were stored in time. */
async function steady(ticks: TickWatcher, signal: AbortSignal): Promise<void> {
  const inTime = new Set<number>();
  await waitUntil(
    `${STEADY_TICKS} ticks in time`,
    async () => {
      const newest = await ticks.newest();
      if (newest === undefined || Date.now() - newest > ticks.tickIntervalMs * 1.5) inTime.clear();
      else inTime.add(newest);
      return inTime.size >= STEADY_TICKS;
    },
    { timeoutMs: 180_000, everyMs: 500, signal },
  );
}

/** Time until a second before the next tick that is further away than that, in ms. */
function untilShortlyBeforeTick(tickIntervalMs: number, nowMs: number): number {
  const margin = Math.min(1_000, tickIntervalMs / 2);
  return tickIntervalMs - ((nowMs + margin) % tickIntervalMs);
}

/** Asks twice a second how old the newest stored tick is, until stopped. */
function watchLag(ticks: TickWatcher): { stop(): Promise<number> } {
  const stopped = new AbortController();
  const done = (async () => {
    let longest = 0;
    let newest = (await ticks.newest()) ?? Date.now();
    while (!stopped.signal.aborted) {
      newest = (await ticks.newest()) ?? newest;
      longest = Math.max(longest, Date.now() - newest);
      await delay(500);
    }
    return longest;
  })();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

function optionsOf(settings: Settings): StackOptions {
  const { GRAFANA_IMAGE, PROMETHEUS_IMAGE, ZOOKEEPER_IMAGE, REDIS_IMAGE } = settings;
  return stackOptions({
    stack: 'atalaya-e2e',
    registry: settings.REGISTRY,
    tag: settings.TAG,
    routing: settings.ROUTING,
    apiReplicas: settings.API_REPLICAS,
    apiPort: settings.API_PORT,
    grafanaPort: settings.GRAFANA_PORT,
    zookeeperMetrics: settings.ZOOKEEPER_METRICS,
    grafana: GRAFANA_IMAGE !== 'none',
    prometheus: PROMETHEUS_IMAGE !== 'none',
    ...(ZOOKEEPER_IMAGE === undefined ? {} : { zookeeperImage: ZOOKEEPER_IMAGE }),
    ...(REDIS_IMAGE === undefined ? {} : { redisImage: REDIS_IMAGE }),
    ...(GRAFANA_IMAGE === undefined || GRAFANA_IMAGE === 'none' ? {} : { grafanaImage: GRAFANA_IMAGE }),
    ...(PROMETHEUS_IMAGE === undefined || PROMETHEUS_IMAGE === 'none'
      ? {}
      : { prometheusImage: PROMETHEUS_IMAGE }),
  });
}

/** The embedded time series as an image that the stack can start in the place of Redis. */
async function buildRedisStandIn(settings: Settings): Promise<string> {
  const image = `${settings.REGISTRY}atalaya/redis-stand-in:${settings.TAG}`;
  const base = appImage('ingest-api', { registry: settings.REGISTRY, tag: settings.TAG });
  await dockerAloud([
    ...['build', '--build-arg', `INGEST_API_IMAGE=${base}`, '--tag', image],
    join(PROJECT, 'base-images/redis-stand-in'),
  ]);
  return image;
}
