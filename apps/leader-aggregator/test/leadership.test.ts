import { type RunningProcess, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { runReferenceProgram, warningsOf } from './processes.js';
import { Stage, type World } from './world.js';

jest.setTimeout(120_000);

/** Ends later than any wait of a test does: a takeover within one is a handover. A tick takes longer than that takes. */
const LONG_SESSIONS = { ZOOKEEPER_SESSION_TIMEOUT_MS: '60000', TICK_INTERVAL_MS: '5000' };

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

/** Two candidates, the first of which leads and has sent. */
async function twoCandidates(world: World): Promise<[RunningProcess, RunningProcess]> {
  await world.sensor('a', '79');
  const first = world.candidate('candidate-1');
  await waitFor(() => world.sink.ticks.length > 0);
  const second = world.candidate('candidate-2');
  const election = stage.observer.election(world.env.ELECTION_PATH, { id: 'observer' });
  await waitFor(async () => (await election.contenders()).length === 2);
  return [first, second];
}

/** Reports that arrived with a token after one with a newer token had arrived, and were not refused. */
function acceptedOutOfTerm({ sink }: World): unknown[] {
  let newest = 0n;
  return sink.arrivals.filter(({ report, status }) => {
    const token = BigInt(report.token ?? 0);
    if (token >= newest) newest = token;
    return token < newest && status !== 409;
  });
}

test('after SIGKILL of the leader another one sends, and no tick is missing', async () => {
  // Sessions of 2 s end within 3 s of the last heartbeat, and so within a tick.
  await using world = await stage.world({ TICK_INTERVAL_MS: '5000', ZOOKEEPER_SESSION_TIMEOUT_MS: '2000' });
  const [first] = await twoCandidates(world);
  await first.kill();
  const before = world.sink.ticks.length;
  await waitFor(() => world.sink.leaders.length === 2 && world.sink.ticks.length >= before + 2, {
    timeoutMs: 40_000,
  });
  expect(world.sink.leaders).toEqual(['candidate-1', 'candidate-2']);
  expect(world.missingTicks()).toEqual([]);
});

test('after SIGTERM of the leader the next one does not wait for the end of its session, and no tick is missing', async () => {
  await using world = await stage.world(LONG_SESSIONS);
  const [first, second] = await twoCandidates(world);
  first.signal('SIGTERM');
  await second.waitForLog(({ msg }) => msg === 'Elected leader');
  expect(await first.ended).toEqual({ code: 0, signal: null });
  await waitFor(
    () => [...world.sink.stored.values()].filter(({ leader }) => leader === 'candidate-2').length >= 2,
  );
  expect(world.missingTicks()).toEqual([]);
});

test('a send that hangs does not hold the next leader up at a graceful end', async () => {
  await using world = await stage.world(LONG_SESSIONS);
  const [first, second] = await twoCandidates(world);
  world.sink.prescribe = ({ leader }) => (leader === 'candidate-1' ? 'hang' : undefined);
  await waitFor(() => world.sink.arrivals.at(-1)?.status === 0);
  first.signal('SIGTERM');
  // By itself it would end after 5 s.
  await second.waitForLog(({ msg }) => msg === 'Elected leader', { timeoutMs: 4_500 });
  expect((await first.ended).code).toBe(0);
  await waitFor(() => world.sink.leaders.length === 2 && world.sink.ticks.length >= 4, {
    timeoutMs: 40_000,
  });
  await waitFor(() => world.missingTicks().length === 0);
});

test('a leader that stood still for longer than its session does not send under its old token', async () => {
  await using world = await stage.world({ TICK_INTERVAL_MS: '200', ZOOKEEPER_SESSION_TIMEOUT_MS: '1000' });
  const [first] = await twoCandidates(world);
  first.signal('SIGSTOP');
  await waitFor(() => world.sink.leaders.length === 2, { timeoutMs: 20_000 });
  first.signal('SIGCONT');
  const after = world.sink.ticks.length;
  await waitFor(() => world.sink.ticks.length >= after + 10);
  expect(acceptedOutOfTerm(world)).toEqual([]);
  // Its last words say why, where it ended.
  expect(first.end === undefined ? [] : first.lines.slice(-30)).toEqual([]);
});

test('a kazoo program joins: its value is in the mean, and there is one leader in all', async () => {
  await using world = await stage.world();
  await world.sensor('a', '10');
  const kazoo = runReferenceProgram('kazoo-1', 20, world.env);
  await kazoo.waitForLine(/^leading$/);
  const candidate = world.candidate('candidate-1');
  const election = stage.observer.election(world.env.ELECTION_PATH, { id: 'observer' });
  await waitFor(async () => (await election.contenders()).length === 2);
  expect((await election.contenders()).map(({ id }) => id)).toEqual(['kazoo-1', 'candidate-1']);
  expect(world.sink.arrivals).toEqual([]);

  await kazoo.kill();
  await waitFor(() => world.sink.ticks.length > 0, { timeoutMs: 20_000 });
  const second = runReferenceProgram('kazoo-2', 40, world.env);
  await second.waitForLine(/^started$/);
  await waitFor(() => [...world.sink.stored.values()].some(({ value }) => value === 25));
  const joined = [...world.sink.stored.values()].find(({ value }) => value === 25);
  expect(joined).toMatchObject({ sensors: { a: 10, 'kazoo-2': 40 }, leader: 'candidate-1' });
  expect(second.lines).not.toContain('leading');

  await candidate.stop();
  await second.waitForLine(/^leading$/);
});

test('a leader whose token is refused gives its place up, says so once per term, and does not spin', async () => {
  await using world = await stage.world({ TICK_INTERVAL_MS: '200' });
  await world.sensor('a', '1');
  world.sink.prescribe = () => ({ status: 409 });
  const candidate = world.candidate('candidate-1');
  await waitFor(() => world.sink.arrivals.length === 3, { timeoutMs: 30_000 });
  const tokens = world.sink.arrivals.map(({ report }) => report.token);
  expect(new Set(tokens).size).toBe(3);
  const refusals = (): number =>
    warningsOf(candidate).filter((message) => message.includes('newer leader')).length;
  await waitFor(() => refusals() === 3);
  const [one, , three] = world.sink.arrivals;
  // The waits between two candidacies grow from 0.5 s.
  expect(three!.atMs - one!.atMs).toBeGreaterThan(1_000);

  world.sink.prescribe = () => undefined;
  await waitFor(() => world.sink.ticks.length >= 3, { timeoutMs: 30_000 });
});
