import { waitFor } from '@atalaya/test-kit';
import { Atalaya } from './support/atalaya.js';
import { missingTicks } from './support/ticks.js';

/** The default of `TICK_INTERVAL_MS`. */
const TICK_MS = 5_000;

test('no tick is missing after SIGKILL of the leader, then SIGTERM of the next one', async () => {
  await using atalaya = await Atalaya.start({ aggregators: 3 });
  const { api } = atalaya;
  await waitFor(async () => (await api.measurements()).length >= 2, { timeoutMs: 30_000 });

  const leaders: string[] = [];
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const leader = await waitFor(async () => (await api.status()).leader, { timeoutMs: 60_000 });
    leaders.push(leader);
    process.kill(atalaya.pid(leader), signal);
    const next = await waitFor(
      async () => {
        const status = await api.status();
        return status.leader !== leader && status.leader;
      },
      { timeoutMs: 60_000, describe: `another leader after ${signal} of ${leader}` },
    );
    expect(leaders).not.toContain(next);
    const { tick } = await api.status();
    await waitFor(async () => Number((await api.status()).tick) >= Number(tick) + TICK_MS, {
      timeoutMs: 60_000,
    });
  }

  const measurements = await api.measurements();
  expect(measurements.length).toBeGreaterThanOrEqual(4);
  expect(missingTicks(measurements, TICK_MS)).toEqual([]);
  for (const { timestamp, value } of measurements) {
    expect(timestamp % TICK_MS).toBe(0);
    expect(value).toBeGreaterThanOrEqual(75);
    expect(value).toBeLessThanOrEqual(85);
  }
}, 180_000);
