import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, connect, hasCode } from '@atalaya/coordination';
import {
  endAllProcesses,
  reserveFreePort,
  startZooKeeper,
  type StartedZooKeeper,
  waitFor,
} from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { runAgent, warningsOf } from './agents.js';

jest.setTimeout(120_000);

let zookeeper: StartedZooKeeper;
let observer: Client;
let folder: string;
let tests = 0;
let sensorsPath: string;

beforeAll(async () => {
  zookeeper = await startZooKeeper();
  observer = await connect({ hosts: zookeeper.connectString });
  folder = await mkdtemp(join(tmpdir(), 'atalaya-sensor-agent-'));
});

beforeEach(() => {
  tests += 1;
  sensorsPath = `/sensor-agent-${process.pid}-${tests}/deep/sensors`;
});

afterEach(endAllProcesses);

afterAll(async () => {
  await observer.close();
  await zookeeper.close();
  await rm(folder, { recursive: true });
});

function agentEnv(more: Record<string, string> = {}): Record<string, string> {
  return { ZOOKEEPER_HOSTS: zookeeper.connectString, SENSORS_PATH: sensorsPath, INSTANCE_ID: 's', ...more };
}

/** Value texts by sensor. */
async function values(): Promise<Record<string, string>> {
  const { children } = await observer.readChildren(sensorsPath);
  return Object.fromEntries([...children].map(([id, { data }]) => [id, data.toString()]));
}

test('keeps its latest value in an ephemeral znode that a kazoo program reads with float()', async () => {
  runAgent(agentEnv({ SENSOR_SOURCE: 'random:75:85' }));
  const first = await waitFor(() => observer.exists(`${sensorsPath}/s`));
  expect(first.ephemeralOwner).not.toBe(0n);
  await waitFor(async () => (await observer.exists(`${sensorsPath}/s`))!.version >= 3);
  const program = `
import sys
from kazoo.client import KazooClient
client = KazooClient(hosts=sys.argv[1])
client.start()
print(float(client.get(sys.argv[2])[0].decode()))
client.stop()`;
  const args = ['-c', program, zookeeper.connectString, `${sensorsPath}/s`];
  const value = Number(execFileSync('/usr/bin/python3', args, { encoding: 'utf8' }));
  expect(Number.isInteger(value) && value >= 75 && value <= 85).toBe(true);
});

test('writes equal values too, so that readers see that it is alive', async () => {
  runAgent(agentEnv({ SENSOR_SOURCE: 'random:7:7' }));
  const first = await waitFor(() => observer.exists(`${sensorsPath}/s`));
  await waitFor(async () => (await observer.exists(`${sensorsPath}/s`))!.mtimeMs > first.mtimeMs);
  expect(await values()).toEqual({ s: '7' });
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'after %s its znode is gone at once, and it exits with 0',
  async (signal) => {
    // The session alone would keep the znode for 60 s.
    const agent = runAgent(agentEnv({ ZOOKEEPER_SESSION_TIMEOUT_MS: '60000' }));
    await waitFor(() => observer.exists(`${sensorsPath}/s`));
    agent.signal(signal);
    expect(await agent.ended).toEqual({ code: 0, signal: null });
    expect(await observer.exists(`${sensorsPath}/s`)).toBeUndefined();
  },
);

test('a failing sample is reported once, the loop goes on, and the recovery is said', async () => {
  const path = join(folder, 'value');
  const write = async (text: string): Promise<void> => {
    await writeFile(`${path}.new`, text);
    // At once: a file that is being written is empty for a moment, which is a failing sample too.
    await rename(`${path}.new`, path);
  };
  await write('12 apples');
  const agent = runAgent(agentEnv({ SENSOR_SOURCE: `file:${path}`, SAMPLE_INTERVAL_MS: '1000' }));
  await waitFor(() => warningsOf(agent).length > 0);
  await write('21.5\n');
  await waitFor(async () => (await values()).s === '21.5');
  const before = (await observer.exists(`${sensorsPath}/s`))!.version;
  await write('nan');
  await waitFor(() => warningsOf(agent).length > 1);
  await write('22');
  await waitFor(async () => (await values()).s === '22');
  expect((await observer.exists(`${sensorsPath}/s`))!.version).toBeGreaterThan(before);
  expect(warningsOf(agent)).toEqual([
    expect.stringContaining('is not a finite number: "12 apples"'),
    expect.stringContaining('is not a finite number: "nan"'),
  ]);
  await agent.waitForLog(({ msg }) => /^the value of file .* is back/.test(String(msg)));
});

test('a command that hangs is given up after the interval, and the next sample is taken', async () => {
  const flag = join(folder, 'flag');
  const agent = runAgent(agentEnv({ SENSOR_SOURCE: `command:[ -e ${flag} ] || sleep 600; echo 5` }));
  await waitFor(() => warningsOf(agent).length > 0);
  expect(warningsOf(agent)[0]).toMatch(/no value within (200|1\d\d) ms/);
  await writeFile(flag, '');
  await waitFor(async () => (await values()).s === '5');
});

test('thousands of sensors live in one session, are all kept up to date, and go at once', async () => {
  const agent = runAgent(
    agentEnv({ SENSOR_COUNT: '2000', SAMPLE_INTERVAL_MS: '5000', SENSOR_SOURCE: 'random:1:1000000' }),
  );
  await waitFor(async () => (await observer.children(sensorsPath)).length === 2_000, { timeoutMs: 60_000 });
  const { children } = await observer.readChildren(sensorsPath);
  expect(children.has('s-1') && children.has('s-2000')).toBe(true);
  expect(new Set([...children.values()].map(({ stat }) => stat.ephemeralOwner)).size).toBe(1);
  expect(new Set([...children.values()].map(({ data }) => data.toString())).size).toBeGreaterThan(1_900);
  await waitFor(
    async () => {
      const now = await observer.readChildren(sensorsPath);
      return [...now.children.values()].every(({ stat }) => stat.version >= 1);
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  expect(await agent.stop()).toEqual({ code: 0, signal: null });
  expect(await observer.children(sensorsPath)).toEqual([]);
  expect(warningsOf(agent)).toEqual([]);
  expect(agent.lines.filter((line) => line.includes('MaxListenersExceededWarning'))).toEqual([]);
}, 180_000);

test('a thousand ids that another process holds are a few lines, and nothing but log lines is written', async () => {
  const env = agentEnv({ SENSOR_COUNT: '1000', SAMPLE_INTERVAL_MS: '1000', SENSOR_SOURCE: 'random:1:9' });
  const owner = runAgent(env);
  await waitFor(async () => (await observer.children(sensorsPath)).length === 1_000, { timeoutMs: 60_000 });
  const other = runAgent(env);
  const named = () =>
    other.records
      .filter(({ msg }) => String(msg).includes('held by another live session'))
      .map(({ count }) => Number(count));
  await waitFor(() => named().reduce((sum, count) => sum + count, 0) === 1_000, {
    timeoutMs: 60_000,
    describe: () => `1000 ids to be named; now ${named().join(' + ')}`,
  });
  // One line where the process is not held up meanwhile; see the test of the reporter.
  expect(named().length).toBeLessThan(10);
  await owner.stop();
  await other.waitForLog(({ msg }) => String(msg).includes('are free: registered by this process now'), {
    timeoutMs: 60_000,
  });
  expect(warningsOf(other)).toHaveLength(named().length);
  for (const agent of [owner, other]) expect(agent.lines.length).toBe(agent.records.length);
}, 180_000);

test('an id that another live session holds is waited for, with a clear message', async () => {
  const owner = await connect({ hosts: zookeeper.connectString });
  await owner.register(sensorsPath, { id: 's', value: 1 });
  const agent = runAgent(agentEnv({ SENSOR_SOURCE: 'random:5:5' }));
  await waitFor(() => warningsOf(agent).length > 0);
  expect(warningsOf(agent)).toEqual([
    `under ${sensorsPath} the id s is held by another live session: end the other process or choose another ` +
      'INSTANCE_ID; waiting until free',
  ]);
  expect(await values()).toEqual({ s: '1' });
  await owner.close();
  await waitFor(async () => (await values()).s === '5');
  await agent.waitForLog(({ msg }) => String(msg).includes('is free: registered by this process now'));
  expect(warningsOf(agent)).toHaveLength(1);
});

test('started again after a crash it takes its id over when the old session has expired', async () => {
  const env = agentEnv({ ZOOKEEPER_SESSION_TIMEOUT_MS: '1000' });
  const crashed = runAgent({ ...env, SENSOR_SOURCE: 'random:1:1' });
  await waitFor(async () => (await values()).s === '1');
  await crashed.kill();
  runAgent({ ...env, SENSOR_SOURCE: 'random:2:2' });
  await waitFor(async () => (await values()).s === '2');
});

test('a deleted znode is written again', async () => {
  runAgent(agentEnv());
  await waitFor(() => observer.exists(`${sensorsPath}/s`));
  await observer.delete(`${sensorsPath}/s`);
  await waitFor(() => observer.exists(`${sensorsPath}/s`));
});

test('with ZOOKEEPER_AUTH only the user can read the znode', async () => {
  runAgent(agentEnv({ ZOOKEEPER_AUTH: 'u:p:with:colons' }));
  const user = await connect({
    hosts: zookeeper.connectString,
    auth: { user: 'u', password: 'p:with:colons' },
  });
  try {
    await waitFor(async () => (await user.readChildren(sensorsPath)).children.size === 1);
    // The access list is set after the znode is created.
    await waitFor(async () => observer.get(`${sensorsPath}/s`).then(() => false, hasNoAuthorization));
  } finally {
    await user.close();
  }
});

test('health, readiness and metrics are served on HEALTH_PORT', async () => {
  using reservation = await reserveFreePort();
  const { port } = reservation;
  runAgent(agentEnv({ HEALTH_PORT: String(port), SENSOR_COUNT: '2' }));
  const url = `http://127.0.0.1:${port}`;
  await waitFor(async () => (await fetch(`${url}/readyz`)).status === 200);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toMatch(/^atalaya_sensors_registered 2$/m);
  expect(metrics).toMatch(/^atalaya_sensor_samples_total [1-9]/m);
  expect(metrics).toMatch(/^atalaya_sensor_sample_failures_total 0$/m);
});

test('a wrong configuration is reported in one message, with exit code 78', async () => {
  const agent = runAgent(agentEnv({ SENSOR_SOURCE: 'random:9:1', SENSOR_COUNT: 'many', INSTANCE_ID: 'a/b' }));
  expect(await agent.ended).toEqual({ code: 78, signal: null });
  const message = agent.lines.join('\n');
  for (const part of ['SENSOR_SOURCE="random:9:1"', 'SENSOR_COUNT="many"', 'INSTANCE_ID="a/b"']) {
    expect(message).toContain(part);
  }
});

function hasNoAuthorization(error: unknown): boolean {
  return hasCode(error, 'NO_AUTHORIZATION');
}
