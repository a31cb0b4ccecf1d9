import { type RunningProcess, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { warningsOf } from './processes.js';
import { Stage, type World } from './world.js';

jest.setTimeout(180_000);

const GROUPS = ['north', 'east', 'south', 'west'];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

async function worldOfGroups(env: Record<string, string> = {}): Promise<World> {
  const world = await stage.world(env);
  world.env.SENSORS_PATH += '/{group}';
  world.env.ELECTION_PATH = world.env.ELECTION_PATH.replace(/election$/, '{group}/election');
  world.env.GROUP = GROUPS.join(',');
  for (const [index, group] of GROUPS.entries()) await world.sensor('a', String(index), group);
  return world;
}

/** Who sent the newest tick of each group. */
function leadersOf(world: World): (string | undefined)[] {
  return GROUPS.map(
    (group) => world.sink.arrivals.findLast(({ report }) => report.group === group)?.report.leader,
  );
}

function ledBy(world: World, id: string): number {
  return leadersOf(world).filter((leader) => leader === id).length;
}

/** Ticks between the first and the last of each group that nobody has sent. */
function missingTicks(world: World): number[] {
  return GROUPS.flatMap((group) => {
    const ticks = new Set(
      world.sink.arrivals
        .filter(({ report }) => report.group === group)
        .map(({ report }) => report.timestamp),
    );
    const [first, last] = [Math.min(...ticks), Math.max(...ticks)];
    const expected = Array.from(
      { length: (last - first) / world.intervalMs + 1 },
      (_, i) => first + i * world.intervalMs,
    );
    return expected.filter((tick) => !ticks.has(tick));
  });
}

test('one process leads several groups, each with its own sensors, election and reports', async () => {
  await using world = await worldOfGroups();
  const candidate = world.candidate('candidate-1');
  await waitFor(() =>
    GROUPS.every((group) => world.sink.arrivals.filter(({ report }) => report.group === group).length >= 3),
  );
  for (const { report } of world.sink.arrivals) {
    expect(report).toMatchObject({
      value: GROUPS.indexOf(report.group),
      sensors: { a: GROUPS.indexOf(report.group) },
    });
  }
  expect(new Set(world.sink.arrivals.map(({ report }) => report.token)).size).toBe(GROUPS.length);
  expect(missingTicks(world)).toEqual([]);
  expect(warningsOf(candidate)).toEqual([]);
});

test('candidates spread the leadership of the groups, and one that dies is stood in for', async () => {
  await using world = await worldOfGroups({
    TICK_INTERVAL_MS: '5000',
    ZOOKEEPER_SESSION_TIMEOUT_MS: '2000',
  });
  const first = world.candidate('candidate-1');
  await waitFor(() => ledBy(world, 'candidate-1') === GROUPS.length);
  const second = world.candidate('candidate-2');
  await waitFor(() => ledBy(world, 'candidate-1') === 2 && ledBy(world, 'candidate-2') === 2, {
    timeoutMs: 60_000,
    describe: () =>
      `two groups each; now ${leadersOf(world).join(', ')}; ${lastLines(first)}\n${lastLines(second)}`,
  });
  expect(missingTicks(world)).toEqual([]);
  // Its session ends within 3 s of its last heartbeat, and so within a tick.
  await first.kill();
  await waitFor(() => ledBy(world, 'candidate-2') === GROUPS.length, { timeoutMs: 30_000 });
  expect(missingTicks(world)).toEqual([]);
});

test('several groups without a place for their name in the paths are refused', async () => {
  await using world = await stage.world({ GROUP: 'a,b' });
  const candidate = world.candidate('candidate-1');
  expect(await candidate.ended).toEqual({ code: 78, signal: null });
  const output = candidate.lines.join('\n');
  expect(output).toMatch(/SENSORS_PATH=.* must contain \{group\}/);
  expect(output).toMatch(/ELECTION_PATH=.* must contain \{group\}/);
});

function lastLines(process: RunningProcess): string {
  return process.lines.slice(-10).join('\n');
}
