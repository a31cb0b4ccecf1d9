import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, reserveFreePort, startZooKeeper, waitFor, type ZooKeeperOptions } from '../src/index.js';
import { createNode, NODE_EXISTS } from './create-node.js';
import { processesMentioning } from './process-list.js';

const START_TIMEOUT_MS = 90_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atalaya-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test(
  'dataDir keeps the data beyond close',
  async () => {
    const dataDir = join(folder, 'new', 'with space');
    const first = await startZooKeeper({ controllable: true, dataDir });
    expect(await createNode(first.connectString, '/kept')).toBe(0);
    await first.close();
    await using second = await startZooKeeper({ controllable: true, dataDir });
    expect(await createNode(second.connectString, '/kept')).toBe(NODE_EXISTS);
  },
  START_TIMEOUT_MS,
);

test(
  'port is the first of consecutive ports',
  async () => {
    const port = await freePort();
    await using zk = await startZooKeeper({ port, servers: 3, controllable: true });
    expect(zk.servers.map((server) => server.port)).toEqual([port, port + 1, port + 2]);
  },
  START_TIMEOUT_MS,
);

test('a taken port is named', async () => {
  const port = await freePort();
  const listener = createServer().listen(port + 1, '127.0.0.1');
  await once(listener, 'listening');
  try {
    await expect(startZooKeeper({ port, servers: 3 })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${port + 1} of 127.0.0.1 is taken: end what listens there, or choose another port`,
    });
  } finally {
    listener.close();
  }
});

test.each([
  ['client', (port: number) => ({ clientPort: port })],
  ['election', (port: number) => ({ 'server.1': `127.0.0.1:1:${port}` })],
])(
  'a %s port that is lost to another process after the look is told from other deaths',
  async (_, lost) => {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const configuration = lost((listener.address() as AddressInfo).port);
    try {
      await expect(
        startZooKeeper({ port: await freePort(), servers: 3, configuration, controllable: true }),
      ).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    } finally {
      listener.close();
    }
  },
  START_TIMEOUT_MS,
);

test(
  'tickTimeMs, configuration and javaOptions reach the server',
  async () => {
    await using zk = await startZooKeeper({
      controllable: true,
      tickTimeMs: 200,
      configuration: { maxSessionTimeout: 7_000, preAllocSize: 64 },
      javaOptions: [`-Djava.io.tmpdir=${folder}`],
    });
    const configuration = await zk.servers[0]!.fourLetterWord('conf');
    expect(configuration).toContain('tickTime=200\n');
    expect(configuration).toContain('maxSessionTimeout=7000\n');
    await expect(zk.servers[0]!.fourLetterWord('envi')).resolves.toContain(`java.io.tmpdir=${folder}`);
  },
  START_TIMEOUT_MS,
);

test(
  'a server that dies during its start is reported with its last log lines, and leaves nothing behind',
  async () => {
    const port = await freePort();
    await expect(
      startZooKeeper({ controllable: true, port, dataDir: folder, configuration: { tickTime: 'often' } }),
    ).rejects.toMatchObject({
      code: 'SERVER_DIED',
      message: expect.stringMatching(
        /ended with exit code 2 during its start.*last log lines:\n.*often/s,
      ) as unknown,
    });
    using drawn = await reserveFreePort('127.0.0.1', () => port);
    expect(drawn.port).toBe(port);
  },
  START_TIMEOUT_MS,
);

test('a start that takes too long is given up', async () => {
  await expect(startZooKeeper({ controllable: true, startTimeoutMs: 1 })).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
  });
});

test(
  'an aborted start ends what it had started',
  async () => {
    const abort = new AbortController();
    const start = startZooKeeper({ servers: 3, controllable: true, dataDir: folder, signal: abort.signal });
    const outcome = expect(start).rejects.toMatchObject({ code: 'ABORTED' });
    await waitFor(() => existsSync(join(folder, 'server-3', 'zookeeper.log')), { intervalMs: 1 });
    abort.abort();
    await outcome;
    expect(await processesMentioning(folder)).toEqual([]);

    await expect(startZooKeeper({ signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  },
  START_TIMEOUT_MS,
);

test.each([
  [{ servers: 2 }, 'servers is 2'],
  [{ port: 0 }, 'port is 0'],
  [{ port: 65_534, servers: 3 }, 'port is 65534'],
  [{ tickTimeMs: 0.5 }, 'tickTimeMs is 0.5'],
])('%j is refused', async (options, message) => {
  await expect(startZooKeeper(options as ZooKeeperOptions)).rejects.toMatchObject({
    code: 'INVALID_OPTION',
    message: expect.stringContaining(message) as unknown,
  });
});
