import { setTimeout as delay } from 'node:timers/promises';
import { type Client, connect } from '@atalaya/coordination';
import { endAllProcesses, startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { jest } from '@jest/globals';
import { runAgent, warningsOf } from './agents.js';

jest.setTimeout(120_000);

let zookeeper: StartedZooKeeper;
let observer: Client;

beforeAll(async () => {
  zookeeper = await startZooKeeper({ controllable: true });
  observer = await connect({ hosts: zookeeper.connectString });
});

afterEach(endAllProcesses);

afterAll(async () => {
  await observer.close();
  await zookeeper.close();
});

function env(sensorsPath: string): Record<string, string> {
  return {
    ZOOKEEPER_HOSTS: zookeeper.connectString,
    ZOOKEEPER_SESSION_TIMEOUT_MS: '1000',
    SENSORS_PATH: sensorsPath,
    INSTANCE_ID: 's',
  };
}

test('without ZooKeeper it starts, says so once, and registers when it is there', async () => {
  const [server] = zookeeper.servers;
  await server!.stop();
  const agent = runAgent(env('/absent/sensors'));
  await waitFor(() => warningsOf(agent).length > 0);
  await server!.start();
  await waitFor(() => observer.exists('/absent/sensors/s'), { timeoutMs: 30_000 });
  expect(agent.end).toBeUndefined();
  expect(warningsOf(agent)).toHaveLength(1);
});

test('it outlives an outage longer than its session, says so once, and goes on by itself', async () => {
  const [server] = zookeeper.servers;
  const agent = runAgent(env('/outage/sensors'));
  await waitFor(() => observer.exists('/outage/sensors/s'));
  await server!.stop();
  await waitFor(() => warningsOf(agent).length > 0);
  // Longer than the session of 1 s, which is what this is about.
  await delay(3_000);
  await server!.start();
  const before = Date.now();
  await waitFor(async () => ((await observer.exists('/outage/sensors/s'))?.mtimeMs ?? 0) > before, {
    timeoutMs: 30_000,
  });
  expect(agent.end).toBeUndefined();
  expect(warningsOf(agent)).toHaveLength(1);
});

test('it ends in time while ZooKeeper is away', async () => {
  const [server] = zookeeper.servers;
  const agent = runAgent(env('/ending/sensors'));
  await waitFor(() => observer.exists('/ending/sensors/s'));
  await server!.stop();
  await waitFor(() => warningsOf(agent).length > 0);
  expect(await agent.stop()).toEqual({ code: 0, signal: null });
  await server!.start();
});
