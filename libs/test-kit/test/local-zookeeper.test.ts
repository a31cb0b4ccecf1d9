import { startZooKeeper, type StartedZooKeeper, waitFor } from '../src/index.js';

describe('a standalone server', () => {
  let zk: StartedZooKeeper;
  beforeAll(async () => {
    zk = await startZooKeeper({ controllable: true });
  }, 90_000);
  afterAll(() => zk.close());

  test('serves on the loopback address alone and answers all four letter words', async () => {
    expect(zk.connectString).toMatch(/^127\.0\.0\.1:\d+$/);
    const server = zk.servers[0]!;
    await expect(server.fourLetterWord('srvr')).resolves.toContain('Mode: standalone');
    await expect(server.fourLetterWord('ruok')).resolves.toBe('imok');
    await expect(server.fourLetterWord('conf')).resolves.toContain('maxSessionTimeout=60000');
  });
});

describe('an ensemble of three', () => {
  let zk: StartedZooKeeper;
  beforeAll(async () => {
    zk = await startZooKeeper({ servers: 3, controllable: true });
  }, 90_000);
  afterAll(() => zk.close());

  test('elects another leader when its leader is killed, and takes the killed one back', async () => {
    const killed = (await zk.leader())!;
    await killed.kill();
    expect(killed.running).toBe(false);
    expect(killed.pid).toBeUndefined();
    const next = await waitFor(() => zk.leader(), { timeoutMs: 60_000, describe: 'another leader' });
    expect(next).not.toBe(killed);

    await killed.start();
    await expect(killed.mode()).resolves.toBe('follower');
  }, 90_000);
});
