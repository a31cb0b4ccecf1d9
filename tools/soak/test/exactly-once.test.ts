import { exactlyOnce } from '../src/exactly-once/exactly-once.js';

test('every acknowledged tick is stored once, while the store is killed and restarted', async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const result = await exactlyOnce({
    ticks: 3_000,
    seed,
    apis: 3,
    storeKills: 2,
    concurrency: 32,
    print: () => {},
  });
  expect({ seed, violations: result.violations }).toEqual({ seed, violations: [] });
  expect(result.read).toBe(3_001);
  expect(result.refusedStale).toBeGreaterThan(0);
  expect(result.sent).toBeGreaterThan(3_000);
}, 180_000);
