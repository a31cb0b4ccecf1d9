import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reserveFreePort, type StartedZooKeeper, startZooKeeper, waitFor } from '../src/index.js';
import { createNode, NODE_EXISTS } from './create-node.js';

const START_TIMEOUT_MS = 90_000;

describe('a standalone server', () => {
  let zk: StartedZooKeeper;
  beforeAll(async () => {
    zk = await startZooKeeper({ controllable: true });
  }, START_TIMEOUT_MS);
  afterAll(() => zk.close());

  test('serves on the loopback address alone and answers all four letter words', async () => {
    expect(zk.connectString).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(zk.source).toBe('local');
    const server = zk.servers[0]!;
    await expect(server.fourLetterWord('srvr')).resolves.toContain('Mode: standalone');
    await expect(server.fourLetterWord('ruok')).resolves.toBe('imok');
    const configuration = await server.fourLetterWord('conf');
    expect(configuration).toContain(`clientPort=${server.port}`);
    expect(configuration).toContain('tickTime=500\n');
    expect(configuration).toContain('maxClientCnxns=0\n');
    expect(configuration).toContain('minSessionTimeout=1000\n');
    expect(configuration).toContain('maxSessionTimeout=60000\n');
  });

  test(
    'keeps its port and its data when it is stopped, killed and started',
    async () => {
      const server = zk.servers[0]!;
      expect(await createNode(zk.connectString, '/kept')).toBe(0);
      for (const end of ['stop', 'kill'] as const) {
        const { pid, port } = server;
        await server[end]();
        await server[end]();
        expect(server.running).toBe(false);
        expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
        await expect(server.fourLetterWord('ruok')).rejects.toMatchObject({
          code: 'FOUR_LETTER_WORD_FAILED',
        });

        await server.start();
        expect(server.port).toBe(port);
        expect(await createNode(zk.connectString, '/kept')).toBe(NODE_EXISTS);
      }
    },
    START_TIMEOUT_MS,
  );

  test(
    'started twice at once is one process',
    async () => {
      const server = zk.servers[0]!;
      await server.kill();
      await Promise.all([server.start(), server.start()]);
      await expect(server.mode()).resolves.toBe('standalone');
      const { pid } = server;
      await server.start();
      expect(server.pid).toBe(pid);
    },
    START_TIMEOUT_MS,
  );

  test('answers nothing while it is paused, and goes on when it is resumed', async () => {
    const server = zk.servers[0]!;
    await server.pause();
    expect(server.paused).toBe(true);
    await expect(server.fourLetterWord('ruok', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'FOUR_LETTER_WORD_FAILED',
      message: expect.stringContaining('no complete answer within 300 ms') as unknown,
    });
    await server.resume();
    await expect(server.fourLetterWord('ruok')).resolves.toBe('imok');
  });

  test(
    'can be stopped and killed while it is paused',
    async () => {
      const server = zk.servers[0]!;
      for (const end of ['stop', 'kill'] as const) {
        await server.pause();
        await server[end]();
        expect(server.paused).toBe(false);
        await server.start();
      }
    },
    START_TIMEOUT_MS,
  );

  test(
    'cannot be paused when it is not running',
    async () => {
      const server = zk.servers[0]!;
      await server.kill();
      await expect(server.pause()).rejects.toMatchObject({ code: 'SERVER_NOT_RUNNING' });
      await server.start();
    },
    START_TIMEOUT_MS,
  );

  test(
    'killed during its start, the start says so',
    async () => {
      const server = zk.servers[0]!;
      await server.kill();
      const start = server.start();
      const outcome = expect(start).rejects.toMatchObject({ code: 'SERVER_NOT_RUNNING' });
      await server.kill();
      await outcome;
      expect(server.running).toBe(false);
      await server.start();
    },
    START_TIMEOUT_MS,
  );
});

describe('an ensemble of three', () => {
  let zk: StartedZooKeeper;
  beforeAll(async () => {
    zk = await startZooKeeper({ servers: 3, controllable: true });
  }, START_TIMEOUT_MS);
  afterAll(() => zk.close());

  test('serves on every server', async () => {
    expect(zk.connectString.split(',')).toEqual(zk.servers.map(({ port }) => `127.0.0.1:${port}`));
    const modes = await Promise.all(zk.servers.map((server) => server.mode()));
    expect(modes.sort()).toEqual(['follower', 'follower', 'leader']);
  });

  test(
    'elects another leader when its leader is killed, and takes the killed one back',
    async () => {
      const killed = (await zk.leader())!;
      await killed.kill();
      const next = await waitFor(() => zk.leader(), { timeoutMs: 60_000, describe: 'another leader' });
      expect(next).not.toBe(killed);

      await killed.start();
      await expect(killed.mode()).resolves.toBe('follower');
    },
    START_TIMEOUT_MS,
  );

  test(
    'elects another leader when its leader is paused',
    async () => {
      const paused = (await zk.leader())!;
      await paused.pause();
      await waitFor(async () => (await zk.leader()) ?? false, {
        timeoutMs: 60_000,
        describe: 'another leader',
      });
      await paused.resume();
      await waitFor(async () => (await paused.mode()) === 'follower', { timeoutMs: 60_000 });
    },
    START_TIMEOUT_MS,
  );

  test(
    'serves nobody without a majority; one that is started alone listens, with a second one it serves',
    async () => {
      await Promise.all(zk.servers.map((server) => server.kill()));
      expect(await zk.leader()).toBeUndefined();
      await expect(zk.waitUntilServing({ timeoutMs: 50 })).rejects.toMatchObject({
        code: 'SERVER_NOT_READY',
      });

      await zk.servers[0]!.start();
      expect(await zk.servers[0]!.mode()).toBeUndefined();
      await zk.servers[1]!.start();
      await zk.waitUntilServing();
      expect(await createNode(zk.connectString, '/quorum')).toBe(0);
      await zk.servers[2]!.start();
      await zk.waitUntilServing();
    },
    START_TIMEOUT_MS,
  );
});

test(
  'an ensemble of five serves',
  async () => {
    await using zk = await startZooKeeper({ servers: 5, controllable: true });
    const modes = await Promise.all(zk.servers.map((server) => server.mode()));
    expect(modes.filter((mode) => mode === 'follower')).toHaveLength(4);
  },
  START_TIMEOUT_MS,
);

/** Folder in which a server keeps its data, as the server itself says. */
async function dataFolderOf(zk: StartedZooKeeper): Promise<string> {
  const configuration = await zk.servers[0]!.fourLetterWord('conf');
  return /^dataDir=(.*)$/m.exec(configuration)![1]!;
}

test(
  'ends its processes and removes its data when it is closed, once',
  async () => {
    const zk = await startZooKeeper({ controllable: true });
    const { pid } = zk.servers[0]!;
    const folder = await dataFolderOf(zk);
    expect(folder.startsWith(tmpdir())).toBe(true);
    expect(existsSync(folder)).toBe(true);

    await zk.close();
    await zk.close();
    expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
    const ownFolder = join(folder, '..', '..', '..');
    expect(ownFolder).toMatch(/atalaya-zookeeper-\w+$/);
    expect(existsSync(ownFolder)).toBe(false);
    await expect(zk.servers[0]!.start()).rejects.toMatchObject({ code: 'SERVER_NOT_RUNNING' });
    expect(existsSync(ownFolder)).toBe(false);
  },
  START_TIMEOUT_MS,
);

test.each([
  ['drawn', () => undefined],
  [
    'given',
    async () => {
      using reservation = await reserveFreePort();
      return reservation.port;
    },
  ],
])(
  'a %s port is kept for a server that is down, until the ensemble is closed',
  async (_, choose) => {
    const chosen = await choose();
    await using zk = await startZooKeeper({
      controllable: true,
      ...(chosen === undefined ? {} : { port: chosen }),
    });
    const { host, port } = zk.servers[0]!;
    await zk.servers[0]!.kill();
    await expect(reserveFreePort(host, () => port)).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await zk.servers[0]!.start();

    await zk.close();
    using drawn = await reserveFreePort(host, () => port);
    expect(drawn.port).toBe(port);
  },
  START_TIMEOUT_MS,
);
