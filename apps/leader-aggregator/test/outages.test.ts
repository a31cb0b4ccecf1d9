import { reserveFreePort, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { warningsOf } from './processes.js';
import { Stage } from './world.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open({ controllable: true });
});

afterAll(() => stage.close());

test('while the API is down ticks are kept and delivered in order under their own timestamps', async () => {
  await using world = await stage.world();
  await world.sensor('a', '79');
  const candidate = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 1, { timeoutMs: 30_000 });
  await world.sink.stop();
  const stopped = Date.now();
  await waitFor(() => Date.now() - stopped > 7_000);
  await world.sink.start();
  const back = Date.now();
  await waitFor(() => (world.sink.ticks.at(-1) ?? 0) > back, { timeoutMs: 20_000 });
  expect(world.missingTicks()).toEqual([]);
  const order = world.sink.arrivals.map(({ report }) => report.timestamp);
  expect(order).toEqual([...order].sort((one, other) => one - other));
  expect(warningsOf(candidate)).toEqual([expect.stringContaining('the ingest API is away')]);
  await candidate.waitForLog(({ msg }) => String(msg).startsWith('the ingest API is back after'));
});

test('what a leader could not deliver before its graceful end is delivered by the next one', async () => {
  await using world = await stage.world({ TICK_INTERVAL_MS: '5000' });
  await world.sensor('a', '79');
  const first = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 1);
  world.candidate('candidate-2');
  const election = stage.observer.election(world.env.ELECTION_PATH, { id: 'observer' });
  await waitFor(async () => (await election.contenders()).length === 2);
  await world.sink.stop();
  const stopped = Date.now();
  await waitFor(() => Date.now() - stopped > 6_000);
  expect(await first.stop()).toEqual({ code: 0, signal: null });
  await waitFor(() => Date.now() - stopped > 8_000);
  await world.sink.start();
  const back = Date.now();
  await waitFor(() => (world.sink.ticks.at(-1) ?? 0) > back, { timeoutMs: 20_000 });
  await waitFor(() => world.missingTicks().length === 0);
  expect(world.sink.leaders).toEqual(['candidate-1', 'candidate-2']);
  // Nothing is left of what was handed over.
  await waitFor(
    async () => (await stage.observer.children(`${world.env.ELECTION_PATH}-undelivered`)).length === 0,
  );
});

test('a lone leader that is restarted while the API is down loses none of its ticks', async () => {
  await using world = await stage.world({ TICK_INTERVAL_MS: '3000' });
  await world.sensor('a', '79');
  const first = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 1, { timeoutMs: 30_000 });
  await world.sink.stop();
  const stopped = Date.now();
  await waitFor(() => Date.now() - stopped > 7_000, { timeoutMs: 20_000 });
  const ended = Date.now();
  await first.stop();
  world.candidate('candidate-1');
  await world.sink.start();
  const back = Date.now();
  await waitFor(() => (world.sink.ticks.at(-1) ?? 0) > back, { timeoutMs: 20_000 });
  // A start that takes longer than a tick leaves that tick to nobody.
  await waitFor(() => world.missingTicks().every((tick) => tick > ended), {
    timeoutMs: 30_000,
    describe: 'the ticks of the one before to be delivered',
  });
});

test('it outlives an outage of ZooKeeper, says so once, and goes on by itself', async () => {
  await using world = await stage.world();
  await world.sensor('a', '79');
  const candidate = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length >= 2);
  const [server] = stage.zookeeper.servers;
  await server!.stop();
  const stopped = Date.now();
  // Longer than the session.
  await waitFor(() => Date.now() - stopped > 14_000);
  expect((world.sink.ticks.at(-1) ?? 0) - stopped).toBeLessThan(
    Number(world.env.ZOOKEEPER_SESSION_TIMEOUT_MS),
  );
  await server!.start();
  const back = Date.now();
  await waitFor(() => (world.sink.ticks.at(-1) ?? 0) > back, { timeoutMs: 30_000 });
  expect(candidate.end).toBeUndefined();
  expect(warningsOf(candidate)).toHaveLength(1);
});

test('without ZooKeeper and without the API it starts, and ends in time when asked to', async () => {
  await using world = await stage.world({ ZOOKEEPER_HOSTS: '127.0.0.1:1', INGEST_URL: 'http://127.0.0.1:1' });
  const candidate = world.candidate('candidate-1');
  await waitFor(() => warningsOf(candidate).length > 0, { timeoutMs: 20_000 });
  expect(await candidate.stop()).toEqual({ code: 0, signal: null });
  expect(warningsOf(candidate)).toHaveLength(1);
});

test('a leader whose report or token the API refuses is not ready, and says why', async () => {
  await using world = await stage.world();
  await world.sensor('a', '79');
  using reservation = await reserveFreePort();
  const { port } = reservation;
  const refusal = (status: number) => ({
    status,
    body: { type: 'about:blank', title: 'Refused', status, detail: `for ${status}` },
  });
  const readiness = async (): Promise<string | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    const { checks } = (await answer.json()) as { checks: Record<string, string> };
    expect(answer.status).toBe(Object.values(checks).every((check) => check === 'ok') ? 200 : 503);
    return checks['ingest-api'];
  };
  world.candidate('candidate-1', { HEALTH_PORT: String(port) });
  await waitFor(() => world.sink.ticks.length > 0);
  await waitFor(async () => (await readiness()) === 'ok');
  world.sink.prescribe = () => refusal(422);
  await waitFor(async () => (await readiness())?.includes('422 Refused: for 422'));
  world.sink.prescribe = () => undefined;
  await waitFor(async () => (await readiness()) === 'ok');
  world.sink.prescribe = () => refusal(403);
  await waitFor(async () => (await readiness())?.includes('set INGEST_TOKEN'));
});
