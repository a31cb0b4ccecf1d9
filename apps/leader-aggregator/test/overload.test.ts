import { startFaultProxy, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { Stage } from './world.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

test('a read that takes longer than the tick is finished, and the ticks that could not be made are named', async () => {
  await using proxy = await startFaultProxy({ upstreams: stage.zookeeper.servers });
  await using world = await stage.world({
    ZOOKEEPER_HOSTS: proxy.connectString,
    ZOOKEEPER_SESSION_TIMEOUT_MS: '10000',
    TICK_INTERVAL_MS: '100',
  });
  await world.sensor('a', '79');
  const candidate = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 2);
  const delayed = proxy.delay({ direction: 'toClient', delayMs: 700 });
  await candidate.waitForLog(({ msg }) =>
    /^ticks that could not be made \(\d+\): \d+.* takes longer than 100 ms/.test(String(msg)),
  );
  const before = world.sink.ticks.length;
  await waitFor(() => world.sink.ticks.length >= before + 3, { timeoutMs: 20_000 });
  await delayed.lift();
  await candidate.waitForLog(({ msg }) => msg === 'every tick is read within its interval again');
  expect(candidate.records.filter(({ msg }) => msg === 'Elected leader')).toHaveLength(1);
  expect(new Set(world.sink.ticks).size).toBe(world.sink.ticks.length);
});
