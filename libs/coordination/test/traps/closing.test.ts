import { startZooKeeper, type StartedZooKeeper } from '@atalaya/test-kit';
import {
  nativeTransport,
  parseConnectString,
  type Transport,
  type TransportEvents,
} from '../../src/index.js';
import { settledWithin } from '../../src/waiting/abortable.js';

let zooKeeper: StartedZooKeeper;
beforeAll(async () => {
  zooKeeper = await startZooKeeper({ controllable: true });
}, 90_000);
afterEach(() => zooKeeper.servers[0]!.resume());
afterAll(async () => {
  await zooKeeper.close();
});

const silent: TransportEvents = {
  connected() {},
  disconnected() {},
  expired() {},
  authenticationFailed() {},
  watch() {},
  contact() {},
  attemptFailed() {},
  failed() {},
};

/** A session of its own. */
function opened(): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const transport: Transport = nativeTransport({
      servers: parseConnectString(zooKeeper.connectString).servers,
      sessionTimeoutMs: 20_000,
      events: {
        ...silent,
        connected: () => {
          resolve(transport);
        },
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
    await transport.exists(path, false).then(() => transport.close());
    await watcher.sync();
    expect(await watcher.exists(path, false)).toBeUndefined();
  }
  await watcher.close();
}, 60_000);

test('trap: what was sent before the close is answered first', async () => {
  const transport = await opened();
  const reads = Array.from({ length: 200 }, () => transport.exists('/', false));
  await transport.close();
  for (const outcome of await Promise.allSettled(reads)) {
    expect(outcome).toMatchObject({ status: 'fulfilled' });
  }
});

test('trap: a close is over in bounded time while the server answers nothing, and settles everything', async () => {
  const transport = await opened();
  await zooKeeper.servers[0]!.pause();
  // The signal that stops the server takes its time: until one stays unanswered.
  let unanswered: Promise<unknown>;
  do unanswered = transport.exists('/', false);
  while (await settledWithin(unanswered, 200));
  const reads = [unanswered, transport.exists('/', false), transport.exists('/', false)];
  const closed = transport.close();
  for (const outcome of await Promise.allSettled(reads)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'CLIENT_CLOSED' } });
  }
  await closed;
}, 20_000);

test('trap: what is asked before the first connection is settled by the close', async () => {
  const server = zooKeeper.servers[0]!;
  await server.pause();
  const transport = nativeTransport({
    servers: parseConnectString(zooKeeper.connectString).servers,
    sessionTimeoutMs: 20_000,
    events: silent,
  });
  const asked: Promise<unknown>[] = [];
  // At once, when there is no native object yet, and while one connects.
  for (let turn = 0; turn < 50; turn++) {
    asked.push(transport.exists('/', false));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await transport.close();
  for (const outcome of await Promise.allSettled(asked)) {
    expect(outcome).toMatchObject({
      status: 'rejected',
      reason: { code: expect.stringMatching(/^(CONNECTION_LOSS|CLIENT_CLOSED)$/) as string },
    });
  }
}, 20_000);

test('trap: a close while the server is silent holds up nothing else', async () => {
  const transport = await opened();
  await zooKeeper.servers[0]!.pause();
  let unanswered: Promise<unknown>;
  do unanswered = transport.exists('/', false);
  while (await settledWithin(unanswered, 200));
  const order: string[] = [];
  unanswered.catch(() => {});
  // Later than the time in which the answers under way are waited for, earlier than the end of the close.
  const timer = new Promise<void>((resolve) => {
    setTimeout(() => {
      order.push('timer');
      resolve();
    }, 1_300);
  });
  await Promise.all([timer, transport.close().then(() => order.push('closed'))]);
  expect(order).toEqual(['timer', 'closed']);
}, 20_000);
