import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import { nativeTransport, type Transport } from '../../src/index.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
}, 90_000);
afterEach(() => zooKeeper.servers[0]!.resume());
afterAll(async () => {
  await zooKeeper.close();
});

/** A session of its own. */
function opened(): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const transport: Transport = nativeTransport({
      hosts: zooKeeper.connectString,
      sessionTimeoutMs: 20_000,
      events: {
        connected: () => {
          resolve(transport);
        },
        disconnected() {},
        expired() {},
        authenticationFailed() {},
        watch() {},
        contact() {},
        attemptFailed: reject,
        failed: reject,
      },
    });
  });
}

test("trap: closed in an operation's continuation, the session is over with its znodes when the close resolves", async () => {
  const watcher = await opened();
  for (let round = 0; round < 20; round++) {
    const path = `/closed-${round}`;
    const transport = await opened();
    await transport.create(path, Buffer.alloc(0), { ephemeral: true, sequential: false });
    await transport.exists(path).then(() => transport.close());
    await watcher.sync();
    expect(await watcher.exists(path)).toBeUndefined();
  }
  await watcher.close();
}, 60_000);

test('trap: what was sent before the close is answered first', async () => {
  const transport = await opened();
  const reads = Array.from({ length: 200 }, () => transport.exists('/'));
  await transport.close();
  for (const outcome of await Promise.allSettled(reads)) {
    expect(outcome).toMatchObject({ status: 'fulfilled' });
  }
});

test('trap: a close is over in bounded time while the server answers nothing, and settles everything', async () => {
  const transport = await opened();
  await zooKeeper.servers[0]!.pause();
  const reads = Array.from({ length: 5 }, () => transport.exists('/'));
  const closed = transport.close();
  for (const outcome of await Promise.allSettled(reads)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLIENT_CLOSED' } });
  }
  await closed;
}, 20_000);
