import { startZooKeeper, waitFor } from '@atalaya/test-kit';
import { Atalaya } from './support/atalaya.js';
import { ServiceUnderTest } from './support/service-under-test.js';
import { missingTicks } from './support/ticks.js';

/** FULL_OUTAGES=true: a minute each, with the intervals that the services have by default. */
const IS_FULL = process.env.FULL_OUTAGES === 'true';
const TICK_MS = IS_FULL ? 5_000 : 1_000;
const INTERVALS: Record<string, string> = IS_FULL
  ? {}
  : { TICK_INTERVAL_MS: String(TICK_MS), SAMPLE_INTERVAL_MS: String(TICK_MS) };
/** More ticks and samples than the few lines that an outage may cost. */
const OUTAGE_MS = IS_FULL ? 60_000 : 12_000;
const TIMEOUT_MS = 120_000 + 8 * OUTAGE_MS;
const MOST_LINES = 6;

/** Lets an outage last: the wall clock, on which the ticks are, is what is waited for. */
async function elapsed(durationMs: number): Promise<void> {
  const end = Date.now() + durationMs;
  await waitFor(() => Date.now() >= end, { timeoutMs: 2 * durationMs + 10_000 });
}

test(
  'ZooKeeper away and back: every process stays alive, says it once, and the means go on',
  async () => {
    await using zookeeper = await startZooKeeper({ controllable: true });
    await using atalaya = await Atalaya.start({
      env: { ...INTERVALS, ZOOKEEPER_HOSTS: zookeeper.connectString },
    });
    const { api } = atalaya;
    const ids = ['sensor-1', 'sensor-2', 'sensor-3', 'candidate-1', 'candidate-2'];
    await waitFor(async () => (await api.measurements()).length >= 3, { timeoutMs: 30_000 });

    const before = new Map(ids.map((id) => [id, atalaya.linesOf(id).length]));
    await zookeeper.servers[0]!.kill();
    const lastBefore = (await api.status()).tick ?? 0;
    await elapsed(OUTAGE_MS);
    const away = ids.map((id) => [id, atalaya.linesOf(id).slice(before.get(id))] as const);
    await zookeeper.servers[0]!.start();

    await waitFor(
      async () => {
        const { tick, count } = await api.status();
        return count === 3 && Number(tick) > lastBefore + OUTAGE_MS;
      },
      { timeoutMs: 60_000, describe: 'a mean of three sensors after the outage' },
    );
    for (const id of ids) expect(() => process.kill(atalaya.pid(id), 0)).not.toThrow();
    for (const [id, lines] of away) {
      expect([id, lines.join('\n')]).toEqual([id, expect.stringMatching(/warn/)]);
      expect([id, lines.length <= MOST_LINES, lines]).toEqual([id, true, lines]);
    }
  },
  TIMEOUT_MS,
);

test(
  'the ingest API away, a change of leaders meanwhile, then the store away: no tick is missing',
  async () => {
    await using zookeeper = await startZooKeeper();
    await using store = await ServiceUnderTest.store();
    await using api = await ServiceUnderTest.ingestApi({ REDIS_URL: store.url });
    const env = { ...INTERVALS, ZOOKEEPER_HOSTS: zookeeper.connectString, INGEST_URL: api.url };
    await using sensor = ServiceUnderTest.start('sensor-agent', { ...env, INSTANCE_ID: 'sensor' });
    await using first = ServiceUnderTest.start('leader-aggregator', { ...env, INSTANCE_ID: 'first' });
    await waitFor(async () => (await api.client.status()).leader === 'first', { timeoutMs: 30_000 });
    await using second = ServiceUnderTest.start('leader-aggregator', { ...env, INSTANCE_ID: 'second' });
    await waitFor(async () => (await api.client.measurements()).length >= 3, { timeoutMs: 30_000 });

    await api.kill();
    await elapsed(OUTAGE_MS / 2);
    await first.end();
    await elapsed(OUTAGE_MS / 2);
    await api.restart();
    await waitFor(async () => (await api.client.status()).leader === 'second', { timeoutMs: 60_000 });

    await store.kill();
    await elapsed(OUTAGE_MS);
    await store.restart();
    const back = Date.now();
    await waitFor(async () => Number((await api.client.status()).tick) > back + TICK_MS, {
      timeoutMs: 60_000,
    });
    await waitFor(async () => missingTicks(await api.client.measurements(), TICK_MS).length === 0, {
      timeoutMs: 30_000,
      describe: 'the ticks of both outages to be delivered',
    });
    if (IS_FULL) {
      const { length } = await api.client.measurements();
      process.stderr.write(`two outages of ${OUTAGE_MS} ms: ${length} ticks, none missing\n`);
    }
    expect([sensor.running, first.running, second.running, api.running]).toEqual([true, false, true, true]);
  },
  TIMEOUT_MS,
);

test(
  'the ingest API away and back: no tick is missing, and the leader says it once',
  async () => {
    await using zookeeper = await startZooKeeper();
    const env = { ...INTERVALS, ZOOKEEPER_HOSTS: zookeeper.connectString, INSTANCE_ID: 'one' };
    await using api = await ServiceUnderTest.ingestApi();
    await using sensor = ServiceUnderTest.start('sensor-agent', env);
    await using leader = ServiceUnderTest.start('leader-aggregator', { ...env, INGEST_URL: api.url });
    await waitFor(async () => (await api.client.measurements()).length >= 3, { timeoutMs: 30_000 });

    await api.kill();
    const linesBefore = leader.lines.length;
    await elapsed(OUTAGE_MS);
    const away = leader.lines.slice(linesBefore);
    await api.restart();

    const back = Date.now();
    await waitFor(async () => Number((await api.client.status()).tick) > back + TICK_MS, {
      timeoutMs: 60_000,
    });
    await waitFor(async () => missingTicks(await api.client.measurements(), TICK_MS).length === 0, {
      timeoutMs: 30_000,
      describe: 'the ticks of the outage to be delivered',
    });
    expect([sensor.running, leader.running]).toEqual([true, true]);
    expect(away.join('\n')).toMatch(/"level":40/);
    expect([away.length <= MOST_LINES, away]).toEqual([true, away]);
  },
  TIMEOUT_MS,
);
