import { createClient } from '../../src/index.js';
import { passUntil, useFakeClock } from '../fake/fake-clock.js';
import { FakeZooKeeper } from '../fake/fake-zookeeper.js';

useFakeClock();

test('a wait that ends while the connection is lost rejects with its own reason', async () => {
  const zooKeeper = new FakeZooKeeper();
  const client = createClient({ hosts: 'fake:1', sessionTimeoutMs: 6_000, transport: zooKeeper.transport });
  const [transport] = zooKeeper.transports;
  // The lease's znode is created; whether it counts cannot be asked, nor can it be deleted before the wait is over.
  transport!.failNext(
    ({ operation, path }) => operation === 'throughQuorum' && path.startsWith('/semaphore/'),
    'drop-request',
    3_000,
  );
  let outcome: unknown;
  client
    .semaphore('/semaphore', { id: 'a', maxLeases: 1 })
    .acquire({ timeoutMs: 2_000 })
    .catch((error: unknown) => (outcome = error));
  await passUntil(() => outcome !== undefined);
  expect(outcome).toMatchObject({ code: 'WAIT_TIMEOUT' });
  await passUntil(() => zooKeeper.tree.children('/semaphore').length === 0);
  const closed = client.close();
  await passUntil(() => client.state === 'closed');
  await closed;
});
