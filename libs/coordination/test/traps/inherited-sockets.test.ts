import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startZooKeeper, type StartedZooKeeper, waitFor } from '@atalaya/test-kit';
import { childStdio } from '../../src/index.js';
import { TestClients } from '../support/clients.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
}, 90_000);
afterAll(async () => {
  await zooKeeper.close();
});

/** Descriptors of a child process that are sockets; its own streams are pipes. */
async function socketsOfChild(stdio: ['ignore', 'pipe', 'pipe']): Promise<string[]> {
  const child = spawn('sh', ['-c', 'ls -l /proc/$$/fd | cat'], { stdio });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  await once(child, 'close');
  return text.split('\n').filter((line) => /[ /]([3-9]|\d\d+) -> socket:/.test(line));
}

test("trap: a child process does not inherit the native client's socket", async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  await clients.connect();
  expect(await socketsOfChild(childStdio(['ignore', 'pipe', 'pipe']))).toEqual([]);
});

test('trap: a client connects again while children that were started beside it live', async () => {
  await using clients = new TestClients(zooKeeper.connectString);
  const client = await clients.connect();
  const children = Array.from({ length: 3 }, () =>
    spawn('sleep', ['600'], { stdio: childStdio(['ignore', 'ignore', 'ignore']) }),
  );
  try {
    const [server] = zooKeeper.servers;
    for (let round = 0; round < 3; round++) {
      await server!.stop();
      await waitFor(() => client.state !== 'connected', { timeoutMs: 15_000 });
      await server!.start();
      await client.exists('/', { signal: AbortSignal.timeout(15_000) });
    }
    expect(client.state).toBe('connected');
  } finally {
    for (const child of children) child.kill();
  }
}, 90_000);
