import { startZooKeeper, waitFor } from '../../src/index.js';
import { ZooKeeperContainer } from '../../src/zookeeper-container/index.js';
import { createNode, NODE_EXISTS } from '../create-node.js';

const START_TIMEOUT_MS = 300_000;

test(
  'a container serves on its mapped port when it is started',
  async () => {
    await using container = await new ZooKeeperContainer()
      .withConfiguration({ maxSessionTimeout: 7_000 })
      .start();
    expect(container.getConnectionString()).toBe(`${container.getHost()}:${container.getClientPort()}`);
    expect(await createNode(container.getConnectionString(), '/node')).toBe(0);
  },
  START_TIMEOUT_MS,
);

test(
  'an ensemble is controlled server by server, and each keeps its port and its data',
  async () => {
    await using zk = await startZooKeeper({ sources: ['container'], servers: 3, tickTimeMs: 400 });
    expect(zk.source).toBe('container');
    await expect(zk.servers[0]!.fourLetterWord('conf')).resolves.toContain('tickTime=400\n');
    expect(await createNode(zk.connectString, '/kept')).toBe(0);

    const killed = (await zk.leader())!;
    await killed.kill();
    expect(killed.running).toBe(false);
    await waitFor(() => zk.leader(), { timeoutMs: 60_000, describe: 'another leader' });
    await killed.start();
    expect(await createNode(`${killed.host}:${killed.port}`, '/kept')).toBe(NODE_EXISTS);

    await killed.pause();
    await expect(killed.fourLetterWord('ruok', { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'FOUR_LETTER_WORD_FAILED',
    });
    await killed.resume();
    await killed.stop();
    await killed.start();
    await zk.waitUntilServing();
  },
  START_TIMEOUT_MS,
);
