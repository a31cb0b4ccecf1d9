import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { warningsOf } from './processes.js';
import { Stage } from './world.js';

jest.setTimeout(120_000);

const SHIFTED_CLOCK = pathToFileURL(fileURLToPath(new URL('./shifted-clock.mjs', import.meta.url))).href;
const FORTY_DAYS_MS = 40 * 86_400_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});

afterAll(() => stage.close());

/** A clock of a process that can be set. */
async function settableClock() {
  const folder = await mkdtemp(join(tmpdir(), 'atalaya-clock-'));
  const file = join(folder, 'shift');
  await writeFile(file, '0');
  return {
    env: { NODE_OPTIONS: `--import ${SHIFTED_CLOCK}`, SHIFT_FILE: file },
    shift: (ms: number) => writeFile(file, String(ms)),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test('a lone leader whose clock is 40 days ahead sends nothing until it is right, and misses nothing after', async () => {
  await using world = await stage.world();
  await using clock = await settableClock();
  await world.sensor('a', '79');
  const candidate = world.candidate('candidate-1', clock.env);
  await waitFor(() => world.sink.ticks.length >= 2);
  await clock.shift(FORTY_DAYS_MS);
  const wrong = (): boolean => warningsOf(candidate).some((line) => line.includes("ahead of ZooKeeper's"));
  await waitFor(wrong);
  const before = world.sink.ticks.length;
  await clock.shift(0);
  await candidate.waitForLog(({ msg }) => String(msg).includes("agrees with ZooKeeper's again"));
  await waitFor(() => world.sink.ticks.length >= before + 4);
  expect(world.sink.ticks.filter((tick) => tick > Date.now())).toEqual([]);
  // Since it was right again.
  const since = world.sink.ticks.slice(before + 1);
  const steps = since.slice(1).map((tick, index) => tick - (since[index] ?? 0));
  expect(new Set(steps)).toEqual(new Set([world.intervalMs]));
});

test('where there is another candidate, a leader whose clock is wrong gives its place up to it', async () => {
  await using world = await stage.world();
  await using clock = await settableClock();
  await world.sensor('a', '79');
  world.candidate('candidate-1', clock.env);
  await waitFor(() => world.sink.ticks.length > 0);
  world.candidate('candidate-2');
  const election = stage.observer.election(world.env.ELECTION_PATH, { id: 'observer' });
  await waitFor(async () => (await election.contenders()).length === 2);
  await clock.shift(-FORTY_DAYS_MS);
  await waitFor(() => world.sink.leaders.length === 2);
  const count = world.sink.ticks.length;
  await waitFor(() => world.sink.ticks.length >= count + 3);
  const wrong = Date.now() - FORTY_DAYS_MS / 2;
  expect(world.sink.ticks.filter((tick) => tick < wrong || tick > Date.now())).toEqual([]);
  expect(world.sink.leaders).toEqual(['candidate-1', 'candidate-2']);
});
