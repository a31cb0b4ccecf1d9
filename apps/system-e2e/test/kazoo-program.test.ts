import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { Atalaya } from './support/atalaya.js';

const PROGRAM = fileURLToPath(new URL('./support/kazoo_program.py', import.meta.url));
/** Far outside of what the sensors give, so that it shows in the mean. */
const VALUE = 1_000;

let zookeeper: StartedZooKeeper;
let program: ChildProcess | undefined;
const output: string[] = [];

beforeAll(async () => {
  zookeeper = await startZooKeeper();
}, 60_000);
afterAll(async () => {
  if (program?.exitCode === null && program.signalCode === null) {
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
  await zookeeper.close();
});

function startProgram(): ChildProcess {
  const child = spawn(
    '/usr/bin/python3',
    ['-u', PROGRAM, zookeeper.connectString, 'kazoo-1', String(VALUE)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  createInterface({ input: child.stdout }).on('line', (line) => output.push(line));
  return child;
}

test("a kazoo program's value is in the mean, and one leader is elected among all", async () => {
  const env = {
    ZOOKEEPER_HOSTS: zookeeper.connectString,
    TICK_INTERVAL_MS: '1000',
    SAMPLE_INTERVAL_MS: '1000',
    STALE_AFTER_MS: '60000',
  };
  await using atalaya = await Atalaya.start({ sensors: 2, aggregators: 1, env });
  const { api } = atalaya;
  await waitFor(async () => (await api.status()).count === 2, { timeoutMs: 60_000, describe: 'two sensors' });

  program = startProgram();
  await waitFor(async () => (await api.status()).count === 3, {
    timeoutMs: 60_000,
    describe: 'the third value',
  });
  expect((await api.status()).value).toBeGreaterThan((VALUE + 2 * 75) / 3 - 1);
  expect(await api.sensors()).toContainEqual(
    expect.objectContaining({ id: 'kazoo-1', value: VALUE, state: 'ok' }),
  );
  await waitFor(() => output.includes('candidate'), {
    timeoutMs: 60_000,
    describe: 'the program as a candidate',
  });
  expect(output).not.toContain('leader');
  expect((await api.status()).leader).toBe('candidate-1');

  process.kill(atalaya.pid('candidate-1'), 'SIGTERM');
  await waitFor(() => output.includes('leader'), { timeoutMs: 60_000, describe: 'the program to lead' });
}, 180_000);
